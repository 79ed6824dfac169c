package io.github.cleanupgroups.spring.autoconfigure

import io.github.cleanupgroups.CleanupGroup
import java.util.concurrent.CompletableFuture
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.future.future
import kotlinx.coroutines.isActive
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking

/** The callers' coroutines. Those that are unconfined have made their call when the function returns. */
object Coroutines {

	@JvmStatic
	fun send(mailer: SuspendingMailer, group: CleanupGroup): CompletableFuture<List<String>> =
		CoroutineScope(Dispatchers.Default).future { mailer.send(group) }

	@JvmStatic
	fun launchSend(mailer: SuspendingMailer, group: CleanupGroup): Job =
		CoroutineScope(Dispatchers.Unconfined).launch { mailer.send(group) }

	/** What the call throws, where the coroutine catches it and goes on. */
	@JvmStatic
	fun caught(mailer: SuspendingMailer, group: CleanupGroup): CompletableFuture<Pair<Throwable, Boolean>> =
		CoroutineScope(Dispatchers.Unconfined).future {
			try {
				mailer.send(group)
				throw AssertionError("sent")
			}
			catch (ex: Exception) {
				Pair(ex, isActive)
			}
		}

	@JvmStatic
	fun remind(mailer: SuspendingMailer) = runBlocking { mailer.remind() }

	@JvmStatic
	fun find(mailer: SuspendingMailer): String? = runBlocking { mailer.find() }

	@JvmStatic
	fun failing(mailer: SuspendingMailer): String = runBlocking { mailer.failing() }

	@JvmStatic
	fun all(mailer: SuspendingMailer): List<String> = runBlocking { mailer.all().toList() }

}
