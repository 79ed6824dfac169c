package io.github.cleanupgroups.spring.autoconfigure

import io.github.cleanupgroups.CleanupGroup
import io.github.cleanupgroups.spring.GroupedAsync
import java.util.concurrent.CountDownLatch
import java.util.concurrent.atomic.AtomicInteger
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flowOf

/** What the tests of suspending functions call. */
open class SuspendingMailer {

	val calls = AtomicInteger()

	val called = CountDownLatch(1)

	val ended = CountDownLatch(1)

	val sent = CompletableDeferred<String>()

	/** Suspends until somebody sends, and tells the threads before and after. */
	@GroupedAsync("mail")
	open suspend fun send(group: CleanupGroup): List<String> {
		calls.incrementAndGet()
		val inside = group.isInside
		val before = Thread.currentThread().name
		called.countDown()
		try {
			val text = sent.await()
			return listOf(text, inside.toString(), before, Thread.currentThread().name)
		}
		finally {
			ended.countDown()
		}
	}

	@GroupedAsync("mail")
	open suspend fun remind() {
		calls.incrementAndGet()
	}

	@GroupedAsync("mail")
	open suspend fun find(): String? = null

	@GroupedAsync("mail")
	open suspend fun failing(): String = throw IllegalStateException("thrown")

	@GroupedAsync("mail")
	open suspend fun all(): Flow<String> = flowOf("1", "2", "3")

}

/** Cannot wait for a commit. */
open class CommittingMailer {

	@GroupedAsync(group = "mail", afterCommit = true)
	open suspend fun send() {
	}

}
