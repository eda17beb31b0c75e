package io.github.sse4spring.testsupport;

import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;
import reactor.blockhound.BlockHound;

/**
 * Makes a blocking call on a non-blocking thread fail, in every test of this module.
 */
public final class BlockHoundSupport implements LauncherSessionListener {

	@Override
	public void launcherSessionOpened(LauncherSession session) {
		BlockHound.builder()
			.loadIntegrations()
			// The lock of the hub is held for a short time, and code that holds it never
			// waits.
			.allowBlockingCallsInside("java.util.concurrent.locks.ReentrantLock", "lock")
			// Code of others: loading classes and logging at their first use, and the
			// output of JUnit.
			.allowBlockingCallsInside("java.util.concurrent.locks.StampedLock", "writeLock")
			.allowBlockingCallsInside("java.util.concurrent.locks.StampedLock", "readLock")
			.allowBlockingCallsInside("java.lang.ClassLoader", "loadClass")
			.allowBlockingCallsInside("java.lang.invoke.MethodHandleNatives", "linkCallSite")
			.allowBlockingCallsInside("ch.qos.logback.classic.Logger", "callAppenders")
			.install();
	}

}
