package io.github.cleanupgroups;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * A log whose handler throws at each record, until it is closed.
 */
final class FailingLog implements AutoCloseable {

	/** Loggers that nobody holds may go, with their handlers. */
	private final Logger logger;

	private final AtomicInteger records = new AtomicInteger();

	private final Handler handler = new Handler() {

		@Override
		public void publish(LogRecord logged) {
			FailingLog.this.records.incrementAndGet();
			throw new NoClassDefFoundError("an appender, on purpose");
		}

		@Override
		public void flush() {
			// Nothing is kept.
		}

		@Override
		public void close() {
			// There is nothing to close.
		}

	};

	private FailingLog(Logger logger) {
		this.logger = logger;
	}

	/** What a class logs goes to it. */
	static FailingLog of(Class<?> type) {
		FailingLog log = new FailingLog(Logger.getLogger(type.getName()));
		log.logger.addHandler(log.handler);
		return log;
	}

	/** How many records it has failed to take. */
	int records() {
		return this.records.get();
	}

	@Override
	public void close() {
		this.logger.removeHandler(this.handler);
	}

}
