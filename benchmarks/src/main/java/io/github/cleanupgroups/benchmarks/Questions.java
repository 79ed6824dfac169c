package io.github.cleanupgroups.benchmarks;

import java.util.ArrayList;
import java.util.List;

import io.github.cleanupgroups.benchmarks.Question.Kind;

/**
 * All that is asked, with the targets.
 */
final class Questions {

	private static final double NONE = Double.NaN;

	private final List<Question> all = new ArrayList<>();

	private final int large;

	/** How many starts are timed. */
	private final String samples;

	private final boolean growth;

	private Questions(Effort effort, boolean growth) {
		this.large = effort.large();
		this.samples = String.valueOf(effort.large() / 50);
		this.growth = growth;
	}

	/** All questions; with {@code growth} also how the cost grows. */
	static List<Question> all(Effort effort, boolean growth) {
		Questions questions = new Questions(effort, growth);
		questions.tasks();
		questions.bytes();
		questions.closes();
		questions.timers();
		questions.latencies();
		questions.spring();
		return questions.all;
	}

	private void ratio(int row, String name, String rival, Run ours, Run other, String metric, Kind kind,
			double target) {
		this.all.add(new Question(row, name, rival, ours, other, metric, kind, target));
	}

	private void limit(int row, String name, Run ours, String metric, double target) {
		this.all.add(new Question(row, name, "-", ours, ours, metric, Kind.LIMIT, target));
	}

	private static Run oneOffs(Rival rival, int members, int producers, int threads) {
		return Run.benchmark(OneOffBenchmark.class, "submitAndClose", "rival", rival, "members", members, "producers",
				producers, "threads", threads);
	}

	private static Run futures(Rival rival) {
		return Run.benchmark(FutureBenchmark.class, "submitAndGet", "rival", rival);
	}

	private void tasks() {
		for (int producers : new int[] { 1, 2, 8 }) {
			for (Rival rival : Rival.values()) {
				double target = switch (rival) {
					case THREAD_POOL_EXECUTOR -> 1.5;
					case TRACKED_SET, STRUCTURED_SCOPE -> 3;
					default -> NONE;
				};
				if (rival != Rival.CLEANUP_GROUP && rival.isAvailable() && (producers == 1 || !Double.isNaN(target))) {
					ratio(1, "10,000 one-offs, " + producers + " producers", rival.name(),
							oneOffs(Rival.CLEANUP_GROUP, 10_000, producers, 2), oneOffs(rival, 10_000, producers, 2),
							Run.TIME, Kind.FASTER_BY, target);
				}
			}
		}
		if (this.growth) {
			for (int members : new int[] { 1, 100, 100_000, 1_000_000 }) {
				ratio(1, members + " one-offs", "THREAD_POOL_EXECUTOR", oneOffs(Rival.CLEANUP_GROUP, members, 1, 2),
						oneOffs(Rival.THREAD_POOL_EXECUTOR, members, 1, 2), Run.TIME, Kind.FASTER_BY, NONE);
			}
			for (int threads : new int[] { 1, 8, 64 }) {
				ratio(1, "10,000 one-offs, " + threads + " threads" + oversubscribed(threads), "THREAD_POOL_EXECUTOR",
						oneOffs(Rival.CLEANUP_GROUP, 10_000, 1, threads),
						oneOffs(Rival.THREAD_POOL_EXECUTOR, 10_000, 1, threads), Run.TIME, Kind.FASTER_BY, NONE);
			}
		}
		for (Rival rival : Rival.values()) {
			double target = switch (rival) {
				case THREAD_POOL_EXECUTOR -> 1.5;
				case SPRING_TASK_EXECUTOR -> 2;
				default -> NONE;
			};
			if (rival != Rival.CLEANUP_GROUP && rival != Rival.STRUCTURED_SCOPE && rival.isAvailable()) {
				ratio(2, "10,000 tasks with futures", rival.name(), futures(Rival.CLEANUP_GROUP), futures(rival),
						Run.TIME, Kind.FASTER_BY, target);
			}
		}
		limit(3, "bytes a Work.submit()", Run.benchmark(WorkBenchmark.class, "submitOnly"), Run.BYTES, 0);
		ratio(3, "10,000 times Work.submit()", "THREAD_POOL_EXECUTOR", Run.benchmark(WorkBenchmark.class, "work"),
				Run.benchmark(WorkBenchmark.class, "execute"), Run.TIME, Kind.FASTER_BY, 1.5);
	}

	private void bytes() {
		Run bytes = Run.process(BytesMeasurement.class);
		limit(4, "bytes of a pending one-off", bytes, "one-off", 48);
		limit(4, "bytes of one with a future", bytes, "future", 96);
		limit(4, "bytes of an idle Work", bytes, "work", 96);
		limit(4, "bytes of an armed Timer", bytes, "timer", 104);
		limit(4, "bytes of an armed Wait", bytes, "wait", 128);
		limit(4, "bytes of an empty group", bytes, "group", 512);
	}

	private static Run cancel(String method, int members) {
		return Run.benchmark(CancelBenchmark.class, method, "members", members);
	}

	private void closes() {
		for (int members : new int[] { 1_000, 100_000, 1_000_000 }) {
			if (members <= this.large) {
				ratio(5, "cancel " + members + " pending", "THREAD_POOL_EXECUTOR", cancel("group", members),
						cancel("shutdownNow", members), Run.TIME, Kind.AT_MOST, 1.0);
			}
		}
		ratio(5, this.large + " against 1,000, 1.5 x a member", "ours, 1,000", cancel("group", this.large),
				cancel("group", 1_000), Run.TIME, Kind.AT_MOST, 1.5 * this.large / 1_000);
		Run alone = Run.benchmark(SmallCloseBenchmark.class, "closeMembers", "rival", Rival.CLEANUP_GROUP, "others", 0);
		Run crowded = Run.benchmark(SmallCloseBenchmark.class, "closeMembers", "rival", Rival.CLEANUP_GROUP, "others",
				this.large);
		Run removing = Run.benchmark(SmallCloseBenchmark.class, "closeMembers", "rival", Rival.THREAD_POOL_EXECUTOR,
				"others", this.large);
		ratio(6, "close 1,000 beside " + this.large, "ours, alone", crowded, alone, Run.TIME, Kind.AT_MOST, 2);
		ratio(6, "close 1,000 beside " + this.large, "THREAD_POOL_EXECUTOR", crowded, removing, Run.TIME,
				Kind.FASTER_BY, NONE);
		for (int groups : this.growth ? new int[] { 1, 100, 10_000 } : new int[] { 1 }) {
			Run ours = Run.benchmark(ShortLivedBenchmark.class, "group", "groups", groups);
			ratio(11, "short-lived group beside " + groups, "THREAD_POOL_EXECUTOR", ours,
					Run.benchmark(ShortLivedBenchmark.class, "executor"), Run.TIME, Kind.AT_MOST, 0.5);
			if (Rival.STRUCTURED_SCOPE.isAvailable()) {
				ratio(11, "short-lived group beside " + groups, "STRUCTURED_SCOPE", ours,
						Run.benchmark(ShortLivedBenchmark.class, "scope"), Run.TIME, Kind.AT_MOST, 1.0);
			}
		}
	}

	private Run timers(String method, TimerBenchmark.TimerRival rival) {
		return Run.benchmark(TimerBenchmark.class, method, "rival", rival, "timers", this.large);
	}

	private void timers() {
		for (String method : List.of("arm", "set", "rearm", "disarm")) {
			Run ours = timers(method, TimerBenchmark.TimerRival.CLEANUP_GROUP);
			double target = switch (method) {
				case "arm", "set" -> 0.7;
				case "disarm" -> 0.3;
				default -> NONE;
			};
			ratio(7, method + " " + this.large + " timers", "SCHEDULED_EXECUTOR", ours,
					timers(method, TimerBenchmark.TimerRival.SCHEDULED_EXECUTOR), Run.TIME, Kind.AT_MOST, target);
			ratio(7, method + " " + this.large + " timers", "HASHED_WHEEL", ours,
					timers(method, TimerBenchmark.TimerRival.HASHED_WHEEL), Run.TIME, Kind.AT_MOST, 1.0);
		}
		Run fire = Run.process(FiringMeasurement.class, "CLEANUP_GROUP", String.valueOf(this.large));
		limit(7, "timers of " + this.large + " that fire early", fire, "early", 0);
		for (String rival : List.of("SCHEDULED_EXECUTOR", "HASHED_WHEEL")) {
			ratio(7, "lateness p99, " + this.large + " in 2 s", rival, fire,
					Run.process(FiringMeasurement.class, rival, String.valueOf(this.large)), Run.TIME, Kind.AT_MOST,
					NONE);
		}
	}

	private Run latency(Rival rival) {
		return Run.process(LatencyMeasurement.class, rival.name(), this.samples);
	}

	private Run fairness(Rival rival, int backlog) {
		return Run.process(FairnessMeasurement.class, rival.name(), String.valueOf(backlog), this.samples);
	}

	private void latencies() {
		for (String metric : List.of(Run.P50, Run.P99)) {
			ratio(8, "submit to start, " + metric, "THREAD_POOL_EXECUTOR", latency(Rival.CLEANUP_GROUP),
					latency(Rival.THREAD_POOL_EXECUTOR), metric, Kind.AT_MOST, 1.0);
			ratio(8, "submit to start, " + metric, "FORK_JOIN_POOL", latency(Rival.CLEANUP_GROUP),
					latency(Rival.FORK_JOIN_POOL), metric, Kind.AT_MOST, NONE);
		}
		Run crowded = fairness(Rival.CLEANUP_GROUP, 1_000);
		ratio(12, "quiet beside busy, p99", "ours, quiet alone", crowded, fairness(Rival.CLEANUP_GROUP, 0), Run.P99,
				Kind.AT_MOST, 3);
		ratio(12, "quiet beside busy, p99", "THREAD_POOL_EXECUTOR", crowded,
				fairness(Rival.THREAD_POOL_EXECUTOR, 1_000), Run.P99, Kind.AT_MOST, NONE);
	}

	private static Run grouped(String method, int calls, int threads) {
		return Run.benchmark(GroupedAsyncBenchmark.class, method, "calls", calls, "threads", threads);
	}

	/** More threads than the machine can run at once: they take turns. */
	private static String oversubscribed(int threads) {
		return (threads > Runtime.getRuntime().availableProcessors()) ? ", oversubscribed" : "";
	}

	private void spring() {
		Run grouped = grouped("groupedAsync", 10_000, 2);
		Run async = grouped("async", 10_000, 2);
		ratio(9, "10,000 @GroupedAsync calls", "@Async", grouped, async, Run.TIME, Kind.AT_MOST, 0.8);
		ratio(9, "bytes of 10,000 calls", "@Async", grouped, async, Run.BYTES, Kind.AT_MOST, 1.0);
		if (this.growth) {
			for (int calls : new int[] { 1, 100, 100_000 }) {
				ratio(9, calls + " @GroupedAsync calls", "@Async", grouped("groupedAsync", calls, 2),
						grouped("async", calls, 2), Run.TIME, Kind.AT_MOST, NONE);
			}
			for (int threads : new int[] { 1, 8, 64 }) {
				ratio(9, "10,000 calls, " + threads + " threads" + oversubscribed(threads), "@Async",
						grouped("groupedAsync", 10_000, threads), grouped("async", 10_000, threads), Run.TIME,
						Kind.AT_MOST, NONE);
			}
		}
		ratio(10, "10,000 callbacks of 2 us", "without meters",
				Run.benchmark(MetersBenchmark.class, "callbacks", "meters", true),
				Run.benchmark(MetersBenchmark.class, "callbacks", "meters", false), Run.TIME, Kind.AT_MOST, 1.05);
		scrapes(false, 1_000, 20e6);
		scrapes(true, 1_000, NONE);
		if (this.growth) {
			scrapes(false, 1, NONE);
			scrapes(false, 10_000, NONE);
		}
		ratio(13, "start of a web application", "without the starter", Run.process(StartMeasurement.class),
				Run.processWithout(StartMeasurement.class, "cleanup-groups-"), Run.TIME, Kind.AT_MOST, 1.05);
	}

	private void scrapes(boolean configured, int groups, double target) {
		Run ours = scrape("scrape", configured, groups);
		String name = groups + (configured ? " configured" : " opened") + " groups";
		limit(10, "ns of a scrape, " + name, ours, Run.TIME, target);
		ratio(10, "scrape, " + name, "the same meters alone", ours, scrape("scrapeOfTheSame", configured, groups),
				Run.TIME, Kind.AT_MOST, NONE);
	}

	private static Run scrape(String method, boolean configured, int groups) {
		return Run.benchmark(MetersBenchmark.class, method, "meters", true, "configured", configured, "groups", groups);
	}

}
