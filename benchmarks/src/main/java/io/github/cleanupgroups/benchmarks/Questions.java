package io.github.cleanupgroups.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.cleanupgroups.benchmarks.Question.Kind;

/**
 * All that is asked, with the targets. How the cost grows is in {@link GrowthQuestions}.
 */
final class Questions {

	static final double NONE = Double.NaN;

	private final List<Question> all = new ArrayList<>();

	private final Effort effort;

	private final int large;

	private Questions(Effort effort) {
		this.effort = effort;
		this.large = effort.large();
	}

	/** All questions; with {@code growth} also how the cost grows. */
	static List<Question> all(Effort effort, boolean growth) {
		Questions questions = new Questions(effort);
		questions.tasks();
		questions.bytes();
		questions.closes();
		questions.timers();
		questions.latencies();
		questions.spring();
		if (growth) {
			questions.all.addAll(GrowthQuestions.all(effort));
		}
		return questions.all;
	}

	private void ratio(int row, String name, String rival, Figure ours, Figure other, Kind kind, double target) {
		this.all.add(new Question(row, name, "", rival, ours, other, kind, target));
	}

	private void alone(int row, String name, Figure ours, double target) {
		this.all.add(new Question(row, name, "", "-", ours, ours, Kind.ALONE, target));
	}

	static Run oneOffs(Rival rival, int members, int producers, int threads, int groups) {
		return Run
			.benchmark(OneOffBenchmark.class, "submitAndClose", "rival", rival, "members", members, "producers",
					producers, "threads", threads, "groups", groups)
			.each(members);
	}

	static Run futures(Rival rival, int members, int threads) {
		return Run
			.benchmark(FutureBenchmark.class, "submitAndGet", "rival", rival, "members", members, "threads", threads)
			.each(members);
	}

	static Run work(String method, int threads) {
		return Run.benchmark(WorkBenchmark.class, method, "members", 10_000, "threads", threads).each(10_000);
	}

	private void tasks() {
		for (int producers : new int[] { 1, 2, 8 }) {
			for (Rival rival : Rival.values()) {
				double target = switch (rival) {
					case THREAD_POOL_EXECUTOR -> 1.5;
					case TRACKED_SET, STRUCTURED_SCOPE -> 3;
					default -> NONE;
				};
				if (rival != Rival.CLEANUP_GROUP && rival.isAvailable()
						&& (producers == 1 || rival.isLimit() || !Double.isNaN(target))) {
					ratio(1, "one-off, 10,000 a close, " + producers + (producers > 1 ? " producers" : " producer"),
							rival.name(), oneOffs(Rival.CLEANUP_GROUP, 10_000, producers, 2, 1).time(),
							oneOffs(rival, 10_000, producers, 2, 1).time(), Kind.FASTER_BY, target);
				}
			}
		}
		for (Rival rival : Rival.values()) {
			double target = switch (rival) {
				case THREAD_POOL_EXECUTOR -> 1.5;
				case SPRING_TASK_EXECUTOR -> 2;
				default -> NONE;
			};
			if (rival != Rival.CLEANUP_GROUP && rival.hasFutures() && rival.isAvailable()) {
				ratio(2, "task with a future", rival.name(), futures(Rival.CLEANUP_GROUP, 10_000, 2).time(),
						futures(rival, 10_000, 2).time(), Kind.FASTER_BY, target);
			}
		}
		alone(3, "allocated by Work.submit()", Run.benchmark(WorkBenchmark.class, "submitOnly").figure(Run.BYTES), 0);
		ratio(3, "allocated by it and its callback", "THREAD_POOL_EXECUTOR", work("work", 2).figure(Run.BYTES),
				work("execute", 2).figure(Run.BYTES), Kind.AT_MOST, NONE);
		ratio(3, "Work.submit() and its callback", "THREAD_POOL_EXECUTOR", work("work", 2).time(),
				work("execute", 2).time(), Kind.FASTER_BY, 1.5);
	}

	private void bytes() {
		Run bytes = Run.process(BytesMeasurement.class);
		alone(4, "pending one-off", bytes.figure("one-off"), 48);
		alone(4, "pending one-off with a future", bytes.figure("future"), 96);
		alone(4, "idle Work", bytes.figure("work"), 96);
		alone(4, "armed Timer", bytes.figure("timer"), 104);
		alone(4, "armed Wait", bytes.figure("wait"), 128);
		alone(4, "empty group", bytes.figure("group"), 512);
	}

	static Run cancel(String method, int members) {
		return Run.benchmark(CancelBenchmark.class, method, "members", members).each(members);
	}

	static Run smallClose(Rival rival, int others) {
		return Run.benchmark(SmallCloseBenchmark.class, "closeMembers", "rival", rival, "others", others);
	}

	static Run shortLived(String method, int groups) {
		return Run.benchmark(ShortLivedBenchmark.class, method, "groups", groups);
	}

	private void closes() {
		for (int members : new int[] { 1_000, 100_000, 1_000_000 }) {
			if (members <= this.large) {
				ratio(5, "cancel one of %,d pending".formatted(members), "THREAD_POOL_EXECUTOR",
						cancel("group", members).time(), cancel("shutdownNow", members).time(), Kind.AT_MOST, 1.0);
			}
		}
		ratio(5, "cancel one of %,d pending".formatted(this.large), "ours, of 1,000",
				cancel("group", this.large).time(), cancel("group", 1_000).time(), Kind.AT_MOST, 1.5);
		String name = "close 1,000 beside %,d of others".formatted(this.large);
		ratio(6, name, "ours, alone", smallClose(Rival.CLEANUP_GROUP, this.large).time(),
				smallClose(Rival.CLEANUP_GROUP, 0).time(), Kind.AT_MOST, 2);
		ratio(6, name, "THREAD_POOL_EXECUTOR", smallClose(Rival.CLEANUP_GROUP, this.large).time(),
				smallClose(Rival.THREAD_POOL_EXECUTOR, this.large).time(), Kind.AT_MOST, NONE);
		ratio(11, "short-lived group of 10", "THREAD_POOL_EXECUTOR", shortLived("group", 1).time(),
				shortLived("executor", 1).time(), Kind.AT_MOST, 0.5);
		if (Rival.STRUCTURED_SCOPE.isAvailable()) {
			ratio(11, "short-lived group of 10", "STRUCTURED_SCOPE", shortLived("group", 1).time(),
					shortLived("scope", 1).time(), Kind.AT_MOST, 1.0);
		}
		ratio(11, "short-lived group of 10", "HAND_OFF_LIMIT", shortLived("group", 1).time(),
				shortLived("limit", 1).time(), Kind.AT_MOST, NONE);
	}

	static Run timers(String method, TimerRival rival, int timers) {
		return Run.benchmark(TimerBenchmark.class, method, "rival", rival, "timers", timers).each(timers);
	}

	private void timers() {
		for (String method : List.of("arm", "set", "rearm", "disarm")) {
			Figure ours = timers(method, TimerRival.CLEANUP_GROUP, this.large).time();
			double target = switch (method) {
				case "arm", "set" -> 0.7;
				case "disarm" -> 0.3;
				default -> NONE;
			};
			String name = "%s one of %,d timers".formatted(method, this.large);
			ratio(7, name, "SCHEDULED_EXECUTOR", ours, timers(method, TimerRival.SCHEDULED_EXECUTOR, this.large).time(),
					Kind.AT_MOST, target);
			ratio(7, name, "HASHED_WHEEL", ours, timers(method, TimerRival.HASHED_WHEEL, this.large).time(),
					Kind.AT_MOST, 1.0);
			if (method.equals("arm") || method.equals("set")) {
				ratio(7, name, "LINK_LIMIT", ours, timers(method, TimerRival.LINK_LIMIT, this.large).time(),
						Kind.AT_MOST, NONE);
			}
		}
		List<TimerRival> rivals = List.of(TimerRival.SCHEDULED_EXECUTOR, TimerRival.HASHED_WHEEL);
		for (TimerRival rival : rivals) {
			ratio(7, "arm one of %,d timers, heap collected before".formatted(this.large), rival.name(),
					timers("armCollected", TimerRival.CLEANUP_GROUP, this.large).time(),
					timers("armCollected", rival, this.large).time(), Kind.AT_MOST, NONE);
			ratio(7, "arm one of %,d timers, processor time of all Java threads".formatted(this.large), rival.name(),
					Run.process(ArmingMeasurement.class, TimerRival.CLEANUP_GROUP, this.large).time(),
					Run.process(ArmingMeasurement.class, rival, this.large).time(), Kind.AT_MOST, NONE);
		}
		ratio(7, "ask one of %,d timers whether it is armed".formatted(this.large), "SCHEDULED_EXECUTOR, disarm",
				timers("ask", TimerRival.CLEANUP_GROUP, this.large).time(),
				timers("disarm", TimerRival.SCHEDULED_EXECUTOR, this.large).time(), Kind.AT_MOST, NONE);
		Run fire = Run.process(FiringMeasurement.class, TimerRival.CLEANUP_GROUP, this.large);
		alone(7, "of %,d timers fire early".formatted(this.large), fire.figure(Run.COUNT), 0);
		for (TimerRival rival : rivals) {
			ratio(7, "lateness p99, %,d a second".formatted(FiringMeasurement.EACH_SECOND), rival.name(), fire.time(),
					Run.process(FiringMeasurement.class, rival, this.large).time(), Kind.AT_MOST, NONE);
		}
	}

	/**
	 * With the pause that lets all threads park.
	 * @param rival a {@link Rival}, or {@link LatencyMeasurement#UNPARK_LIMIT}
	 */
	static Run latency(Object rival, int threads, Effort effort) {
		return latency(rival, threads, effort, StartDelays.PAUSE);
	}

	private static Run latency(Object rival, int threads, Effort effort, Duration pause) {
		return Run.process(LatencyMeasurement.class, rival, threads, effort.samples(), pause);
	}

	static Run fairness(Rival rival, int backlog, Effort effort) {
		return Run.process(FairnessMeasurement.class, rival, backlog, effort.samples());
	}

	private void latencies() {
		for (String metric : List.of(Run.P50, Run.P99)) {
			Figure ours = latency(Rival.CLEANUP_GROUP, 2, this.effort).figure(metric);
			for (Rival rival : List.of(Rival.THREAD_POOL_EXECUTOR, Rival.FORK_JOIN_POOL)) {
				ratio(8, "submit to start, " + metric, rival.name(), ours,
						latency(rival, 2, this.effort).figure(metric), Kind.AT_MOST,
						(rival == Rival.THREAD_POOL_EXECUTOR) ? 1.0 : NONE);
			}
			for (int threads : new int[] { 1, 2 }) {
				ratio(8, "submit to start, " + metric, "UNPARK_LIMIT, " + threads + " by turns", ours,
						latency(LatencyMeasurement.UNPARK_LIMIT, threads, this.effort).figure(metric), Kind.AT_MOST,
						NONE);
			}
			ratio(8, "submit right after the last start, " + metric, "THREAD_POOL_EXECUTOR",
					latency(Rival.CLEANUP_GROUP, 2, this.effort, Duration.ZERO).figure(metric),
					latency(Rival.THREAD_POOL_EXECUTOR, 2, this.effort, Duration.ZERO).figure(metric), Kind.AT_MOST,
					NONE);
		}
		Figure crowded = fairness(Rival.CLEANUP_GROUP, 1_000, this.effort).figure(Run.P99);
		ratio(12, "quiet beside busy, p99", "ours, quiet alone", crowded,
				fairness(Rival.CLEANUP_GROUP, 0, this.effort).figure(Run.P99), Kind.AT_MOST, 3);
		ratio(12, "quiet beside busy, p99", "THREAD_POOL_EXECUTOR", crowded,
				fairness(Rival.THREAD_POOL_EXECUTOR, 1_000, this.effort).figure(Run.P99), Kind.AT_MOST, NONE);
	}

	static Run grouped(String method, int calls, int threads) {
		return Run.benchmark(GroupedAsyncBenchmark.class, method, "calls", calls, "threads", threads).each(calls);
	}

	static Run scrape(String method, boolean configured, int groups) {
		return Run.benchmark(MetersBenchmark.class, method, "configured", configured, "groups", groups);
	}

	private void spring() {
		Run grouped = grouped("groupedAsync", 10_000, 2);
		Run async = grouped("async", 10_000, 2);
		ratio(9, "@GroupedAsync call", "@Async", grouped.time(), async.time(), Kind.AT_MOST, 0.8);
		ratio(9, "allocated by a call", "@Async", grouped.figure(Run.BYTES), async.figure(Run.BYTES), Kind.AT_MOST,
				1.0);
		Run meters = Run.process(MetersMeasurement.class, this.effort.samples() / 10).each(MetersMeasurement.CALLBACKS);
		ratio(10, "callback of 2 us with meters", "without", meters.time(), meters.figure(Run.OTHER_TIME), Kind.AT_MOST,
				1.05);
		ratio(10, "callback of 2 us with meters", "the same recorded by hand", meters.time(),
				meters.figure(Run.LIMIT_TIME), Kind.AT_MOST, NONE);
		for (boolean configured : new boolean[] { false, true }) {
			String name = "scrape with 1,000 " + (configured ? "configured" : "opened") + " groups";
			Figure ours = scrape("scrape", configured, 1_000).time();
			alone(10, name, ours, configured ? NONE : 20e6);
			ratio(10, name, "the same meters alone", ours, scrape("scrapeOfTheSame", configured, 1_000).time(),
					Kind.AT_MOST, NONE);
		}
		ratio(13, "start of a web application", "without the starter", Run.process(StartMeasurement.class).time(),
				Run.processWithout(StartMeasurement.class, "cleanup-groups-").time(), Kind.AT_MOST, 1.05);
	}

}
