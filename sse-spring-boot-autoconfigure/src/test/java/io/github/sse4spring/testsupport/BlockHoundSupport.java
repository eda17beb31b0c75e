package io.github.sse4spring.testsupport;

import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;
import reactor.blockhound.BlockHound;

/**
 * Fails whatever blocks a thread that must not, in every test of this module.
 */
public final class BlockHoundSupport implements LauncherSessionListener {

	@Override
	public void launcherSessionOpened(LauncherSession session) {
		BlockHound.builder()
			.loadIntegrations()
			// The one short lock of the hub, which nothing is done under that could wait.
			.allowBlockingCallsInside("java.util.concurrent.locks.ReentrantLock", "lock")
			// What others do: loading classes and logging at their first use, JUnit's own
			// output.
			.allowBlockingCallsInside("java.util.concurrent.locks.StampedLock", "writeLock")
			.allowBlockingCallsInside("java.util.concurrent.locks.StampedLock", "readLock")
			.allowBlockingCallsInside("java.lang.ClassLoader", "loadClass")
			.allowBlockingCallsInside("java.lang.invoke.MethodHandleNatives", "linkCallSite")
			.allowBlockingCallsInside("ch.qos.logback.classic.Logger", "callAppenders")
			.install();
	}

}
