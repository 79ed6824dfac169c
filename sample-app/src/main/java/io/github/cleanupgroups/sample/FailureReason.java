package io.github.cleanupgroups.sample;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/**
 * Why a file or directory could not be read, in words. The messages of these exceptions
 * name the file, which stands beside them already, in the encoding of the locale.
 */
final class FailureReason {

	private FailureReason() {
	}

	static String of(IOException failure) {
		if (failure instanceof AccessDeniedException) {
			return "permission denied";
		}
		if (failure instanceof NoSuchFileException) {
			return "no such file or directory";
		}
		if (failure instanceof NotDirectoryException) {
			return "not a directory";
		}
		if (failure instanceof FileSystemException refused && refused.getReason() != null) {
			return refused.getReason();
		}
		return (failure.getMessage() != null) ? failure.getMessage() : failure.getClass().getSimpleName();
	}

}
