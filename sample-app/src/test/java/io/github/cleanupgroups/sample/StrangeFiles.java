package io.github.cleanupgroups.sample;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A directory of everything that makes trouble for whoever lists files.
 */
final class StrangeFiles {

	/** What can be read, and what is no regular file. */
	private static final String FILES = """
			mkdir -p "$1/strange/dir with spaces/deep/er" "$1/strange/-dash" "$1/strange/links"
			cd "$1/strange"
			: > empty
			: > 'dir with spaces/also empty'
			printf 'a' > ' leading and trailing '
			printf 'b' > "it's"
			printf 'c' > 'say "hello"'
			printf 'd' > $'two\\nlines'
			printf 'e' > $'\\n'
			printf 'f' > 'back\\slash'
			printf 'g' > $'carriage\\rreturn'
			printf 'h' > $'tab\\there'
			printf 'i' > 'percent%41%0A+&?#;=*[x]{y}~$HOME`id`'
			printf 'j' > $'\\xc3\\xa4\\xe2\\x82\\xac\\xf0\\x9f\\x90\\x98'
			printf 'k' > $'a\\xcc\\x88'
			printf 'l' > $'not\\xffutf8\\xc3'
			printf 'm' > $'\\xff\\n\\\\\\xfe'
			printf 'n' > '-dash/--'
			printf 'o' > '-'
			printf 'p' > .hidden
			printf 'q' > 'dir with spaces/deep/er/same'
			printf 'q' > 'dir with spaces/deep/same'
			head -c 131071 /dev/zero > chunk-1
			head -c 131072 /dev/zero > chunk
			head -c 131073 /dev/zero > chunk+1
			yes 'some text' | head -c 3000000 > large || true
			cp large 'large again'
			truncate -s 700000 sparse
			ln -s ../empty links/to-file
			ln -s .. links/to-parent
			ln -s nowhere links/dangling
			ln -s loop links/loop
			mkfifo links/fifo
			""";

	/** A file and a directory that nobody may read. */
	private static final String FORBIDDEN = """
			cd "$1/strange"
			printf 'secret' > forbidden
			mkdir 'forbidden dir'
			printf 'secret' > 'forbidden dir/file'
			chmod 000 forbidden 'forbidden dir'
			""";

	/**
	 * A directory whose path is longer than the system takes: nobody can read it, not
	 * even root.
	 */
	private static final String TOO_DEEP = """
			mkdir "$1/strange/deep"
			cd "$1/strange/deep"
			name=$(printf '%0200d' 0)
			for i in {1..21}; do mkdir "$name"; cd "$name"; done
			printf 'unreachable' > file
			""";

	private StrangeFiles() {
	}

	/**
	 * Makes them.
	 * @return how many errors a scan has to find
	 */
	static int create(Path directory) throws IOException, InterruptedException {
		Shell.run(FILES, directory);
		Shell.run(TOO_DEEP, directory);
		return 1;
	}

	/**
	 * Makes those that permissions keep from being read.
	 * @return how many errors a scan without privileges has to find
	 */
	static int createForbidden(Path directory) throws IOException, InterruptedException {
		if (!Shell.permissionsCount()) {
			return 0;
		}
		Shell.run(FORBIDDEN, directory);
		return 2;
	}

	/** Deletes a tree with such files in it, which the Java platform cannot. */
	static void delete(Path directory) throws IOException, InterruptedException {
		Shell.run("chmod -Rf u+rwx \"$1\" || true; rm -rf \"$1\"", directory);
	}

}
