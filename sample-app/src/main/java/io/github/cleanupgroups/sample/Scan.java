package io.github.cleanupgroups.sample;

import java.time.Instant;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A scan as the database and the HTTP interface know it.
 *
 * @param id its number, to the outside a string
 * @param root the directory, as it was given
 * @param state how far it has come
 * @param files how many files are stored
 * @param bytes how large these are together
 * @param errors how many files and directories could not be read
 * @param startedAt when it was asked for
 * @param finishedAt when it was completed or failed
 * @param failure why it failed
 */
record Scan(@JsonFormat(shape = JsonFormat.Shape.STRING) long id, String root, ScanState state, long files, long bytes,
		long errors, Instant startedAt, @Nullable Instant finishedAt,
		@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String failure) {

}
