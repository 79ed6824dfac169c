package io.github.cleanupgroups;

/**
 * What an {@link Io} object runs (PTP_WIN32_IO_CALLBACK).
 *
 * @param <V> what its operations give
 * @since 0.1.0
 */
@FunctionalInterface
public interface IoCallback<V> {

	/**
	 * Runs once for each operation that has ended without having been withdrawn or
	 * forgotten (R84).
	 * @param instance this execution; valid inside this call only
	 * @param result how the operation ended
	 * @throws Exception whatever; it is reported as {@link Callback#run} says
	 */
	void run(CallbackInstance instance, IoResult<V> result) throws Exception;

}
