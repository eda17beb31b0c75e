package io.github.sse4spring.stream;

import java.util.Set;

import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;

/**
 * The operators between a source and its stream, as far as they can be seen.
 */
final class OperatorChain {

	private static final String REACTOR = "reactor.core.publisher.";

	/** An inner source of {@code merge} and the like; its own events keep their order. */
	private static final String MERGED = REACTOR + "FluxFlatMap$FlatMapInner";

	/**
	 * The operators of Reactor that emit events in the order in which they receive them.
	 * They may leave events out or hold them back, and give user code one event at a
	 * time. A name stands for the fuseable variant too.
	 */
	private static final Set<String> IN_ORDER = Set.of("FluxCancelOn", "FluxConcatArray", "FluxConcatIterable",
			"FluxConcatMap", "FluxConcatMapNoPrefetch", "FluxContextWrite", "FluxContextWriteRestoringThreadLocals",
			"FluxDefaultIfEmpty", "FluxDelaySequence", "FluxDelaySubscription", "FluxDematerialize", "FluxDetach",
			"FluxDistinct", "FluxDistinctUntilChanged", "FluxDoFinally", "FluxDoFirst", "FluxDoOnEach", "FluxElapsed",
			"FluxFilter", "FluxFilterWhen", "FluxFlattenIterable", "FluxHandle", "FluxHide", "FluxIndex",
			"FluxLimitRequest", "FluxLog", "FluxMap", "FluxMaterialize", "FluxMergeSequential", "FluxMetrics",
			"FluxName", "FluxOnAssembly", "FluxOnBackpressureBuffer", "FluxOnBackpressureBufferStrategy",
			"FluxOnBackpressureBufferTimeout", "FluxOnBackpressureDrop", "FluxOnBackpressureLatest",
			"FluxOnErrorResume", "FluxOnErrorReturn", "FluxPeek", "FluxPublishOn", "FluxRepeat", "FluxRepeatPredicate",
			"FluxRepeatWhen", "FluxRetry", "FluxRetryWhen", "FluxSample", "FluxSampleFirst", "FluxScan", "FluxScanSeed",
			"FluxSkip", "FluxSkipLast", "FluxSkipUntil", "FluxSkipUntilOther", "FluxSkipWhile", "FluxSubscribeOn",
			"FluxSwitchIfEmpty", "FluxSwitchMap", "FluxSwitchMapNoPrefetch", "FluxTake", "FluxTakeLast",
			"FluxTakeUntil", "FluxTakeUntilOther", "FluxTakeWhile", "FluxTap", "FluxTapRestoringThreadLocals",
			"FluxTimed", "FluxTimeout", "FluxUsing", "FluxUsingWhen", "FluxWithLatestFrom", "SerializedSubscriber",
			"StrictSubscriber");

	private OperatorChain() {
	}

	/**
	 * Whether a subscriber passes its events on to one other subscriber only, as far as
	 * can be seen. An operator that shares has several inner subscribers and no actual
	 * one.
	 */
	static boolean leads(CoreSubscriber<?> from, CoreSubscriber<?> to) {
		Object current = from;
		while (current != null && current != to) {
			current = next(current);
		}
		return current != null;
	}

	/**
	 * Whether the events of a subscriber reach another one in their order, as far as can
	 * be seen.
	 */
	static boolean keepsOrder(CoreSubscriber<?> from, CoreSubscriber<?> to) {
		Object current = from;
		boolean merged = false;
		while (current != null && current != to && (merged || isInOrder(current))) {
			merged = MERGED.equals(current.getClass().getName());
			current = next(current);
		}
		return current == to;
	}

	private static boolean isInOrder(Object subscriber) {
		String name = subscriber.getClass().getName();
		if (!name.startsWith(REACTOR)) {
			return false;
		}
		int nested = name.indexOf('$');
		String operator = name.substring(REACTOR.length(), (nested >= 0) ? nested : name.length());
		return MERGED.equals(name) || IN_ORDER.contains(operator)
				|| (operator.endsWith("Fuseable") && IN_ORDER.contains(operator.substring(0, operator.length() - 8)));
	}

	private static @Nullable Object next(Object subscriber) {
		return Scannable.from(subscriber).scanUnsafe(Scannable.Attr.ACTUAL);
	}

}
