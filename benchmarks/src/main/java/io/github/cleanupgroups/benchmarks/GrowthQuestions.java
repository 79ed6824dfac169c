package io.github.cleanupgroups.benchmarks;

import java.util.ArrayList;
import java.util.List;

import io.github.cleanupgroups.benchmarks.Question.Kind;

/**
 * How the cost grows: with members, with groups, with threads. No targets.
 */
final class GrowthQuestions {

	private static final int[] MEMBERS = { 1, 100, 10_000, 1_000_000 };

	private static final int[] THREADS = { 1, 2, 8, 64 };

	private static final int[] GROUPS = { 1, 100, 10_000 };

	private static final String EXECUTOR = Rival.THREAD_POOL_EXECUTOR.name();

	private final List<Question> all = new ArrayList<>();

	private final Effort effort;

	private GrowthQuestions(Effort effort) {
		this.effort = effort;
	}

	static List<Question> all(Effort effort) {
		GrowthQuestions questions = new GrowthQuestions(effort);
		questions.members();
		questions.groups();
		questions.threads();
		return questions.all;
	}

	private static String count(int number, String noun) {
		return "%,d %s".formatted(number, (number == 1) ? noun : noun + "s");
	}

	private void faster(int row, String name, String size, String rival, Figure ours, Figure other) {
		this.all.add(new Question(row, name, size, rival, ours, other, Kind.FASTER_BY, Questions.NONE));
	}

	private void atMost(int row, String name, String size, String rival, Figure ours, Figure other) {
		this.all.add(new Question(row, name, size, rival, ours, other, Kind.AT_MOST, Questions.NONE));
	}

	private void members() {
		for (int members : MEMBERS) {
			String size = count(members, "member");
			faster(1, "one-off", size, EXECUTOR, Questions.oneOffs(Rival.CLEANUP_GROUP, members, 1, 2, 1).time(),
					Questions.oneOffs(Rival.THREAD_POOL_EXECUTOR, members, 1, 2, 1).time());
			faster(2, "task with a future", size, EXECUTOR, Questions.futures(Rival.CLEANUP_GROUP, members, 2).time(),
					Questions.futures(Rival.THREAD_POOL_EXECUTOR, members, 2).time());
			atMost(5, "cancel one", size, EXECUTOR, Questions.cancel("group", members).time(),
					Questions.cancel("shutdownNow", members).time());
			atMost(6, "close 1,000", size + " beside", "ours, alone",
					Questions.smallClose(Rival.CLEANUP_GROUP, members).time(),
					Questions.smallClose(Rival.CLEANUP_GROUP, 0).time());
		}
		for (int timers : new int[] { 1_000, 100_000, 1_000_000 }) {
			for (String method : List.of("arm", "disarm")) {
				atMost(7, method + " one", count(timers, "timer"), TimerRival.SCHEDULED_EXECUTOR.name(),
						Questions.timers(method, TimerRival.CLEANUP_GROUP, timers).time(),
						Questions.timers(method, TimerRival.SCHEDULED_EXECUTOR, timers).time());
			}
		}
		for (int calls : new int[] { 1, 100, 10_000, 100_000 }) {
			atMost(9, "@GroupedAsync call", count(calls, "call"), "@Async",
					Questions.grouped("groupedAsync", calls, 2).time(), Questions.grouped("async", calls, 2).time());
		}
		for (int backlog : new int[] { 1, 100, 10_000 }) {
			atMost(12, "quiet beside busy, p99", count(backlog, "busy callback"), "ours, quiet alone",
					Questions.fairness(Rival.CLEANUP_GROUP, backlog, this.effort).figure(Run.P99),
					Questions.fairness(Rival.CLEANUP_GROUP, 0, this.effort).figure(Run.P99));
		}
	}

	private void groups() {
		for (int groups : GROUPS) {
			String size = count(groups, "group");
			faster(1, "one-off, in turn", size, EXECUTOR,
					Questions.oneOffs(Rival.CLEANUP_GROUP, 10_000, 1, 2, groups).time(),
					Questions.oneOffs(Rival.THREAD_POOL_EXECUTOR, 10_000, 1, 2, 1).time());
			atMost(11, "short-lived group", size + " beside", EXECUTOR, Questions.shortLived("group", groups).time(),
					Questions.shortLived("executor", 1).time());
			atMost(10, "scrape", size, "the same meters alone", Questions.scrape("scrape", false, groups).time(),
					Questions.scrape("scrapeOfTheSame", false, groups).time());
		}
	}

	private void threads() {
		for (int threads : THREADS) {
			// More than the machine can run at once take turns.
			boolean more = threads > Runtime.getRuntime().availableProcessors();
			String size = count(threads, "thread") + (more ? ", oversubscribed" : "");
			faster(1, "one-off", size, EXECUTOR, Questions.oneOffs(Rival.CLEANUP_GROUP, 10_000, 1, threads, 1).time(),
					Questions.oneOffs(Rival.THREAD_POOL_EXECUTOR, 10_000, 1, threads, 1).time());
			faster(2, "task with a future", size, EXECUTOR,
					Questions.futures(Rival.CLEANUP_GROUP, 10_000, threads).time(),
					Questions.futures(Rival.THREAD_POOL_EXECUTOR, 10_000, threads).time());
			faster(3, "Work.submit() and its callback", size, EXECUTOR, Questions.work("work", threads).time(),
					Questions.work("execute", threads).time());
			atMost(8, "submit to start, p50", size, EXECUTOR,
					Questions.latency(Rival.CLEANUP_GROUP, threads, this.effort).figure(Run.P50),
					Questions.latency(Rival.THREAD_POOL_EXECUTOR, threads, this.effort).figure(Run.P50));
			atMost(9, "@GroupedAsync call", size, "@Async", Questions.grouped("groupedAsync", 10_000, threads).time(),
					Questions.grouped("async", 10_000, threads).time());
		}
	}

}
