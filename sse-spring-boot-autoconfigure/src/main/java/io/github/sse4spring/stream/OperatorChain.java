package io.github.sse4spring.stream;

import java.util.Set;

import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;

/**
 * Inspects the operators between a source and its stream, as far as Reactor makes them
 * visible.
 */
final class OperatorChain {

	private static final String REACTOR = "reactor.core.publisher.";

	/**
	 * The subscriber to an inner source of {@code merge} and similar operators. The
	 * events of one inner source keep their order.
	 */
	private static final String MERGED = REACTOR + "FluxFlatMap$FlatMapInner";

	/**
	 * The operators of Reactor that emit events in the order in which they receive them.
	 * They may leave events out or hold them back, and give user code one event at a
	 * time. A name includes the fuseable variant of the operator.
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
	 * Return whether the events of a subscriber reach the other given subscriber and no
	 * third one, as far as the operators are visible. An operator that shares its source
	 * has several subscribers, so it has no value for {@code Attr.ACTUAL}.
	 */
	static boolean leads(CoreSubscriber<?> from, CoreSubscriber<?> to) {
		Object current = from;
		while (current != null && current != to) {
			current = next(current);
		}
		return current != null;
	}

	/**
	 * Return whether the events of a subscriber reach the other given subscriber in their
	 * order, as far as the operators are visible.
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
