package io.github.cleanupgroups.sample;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.CloseReport;
import io.github.cleanupgroups.MemberClosedException;
import io.github.cleanupgroups.MemberKind;
import io.github.cleanupgroups.ThreadPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Reading through I/O members: what is under way when their group closes.
 */
@Timeout(60)
class ChunkReaderTests {

	@TempDir
	private Path directory;

	private Path file;

	private final HeldThreads disk = new HeldThreads();

	private final ThreadPool pool = ThreadPool.builder("test").maxThreads(2).build();

	private final CleanupGroup group = CleanupGroup.create("read");

	private final CallbackEnvironment members = CallbackEnvironment.builder()
		.pool(this.pool)
		.cleanupGroup(this.group)
		.onCancel(ChunkReader::cancelled)
		.build();

	@BeforeEach
	void writeFile() throws Exception {
		this.file = Files.writeString(this.directory.resolve("file"), "0123456789");
	}

	@AfterEach
	void close() {
		this.disk.runAll();
		this.group.close();
		this.pool.close();
	}

	@Test
	void chunks_ofAFile_areItsContentInOrder() throws Exception {
		try (ChunkReader reader = ChunkReader.open(this.file, 4, this.members, ForkJoinPool.commonPool())) {
			assertThat(text(reader)).isEqualTo("0123");
			assertThat(text(reader)).isEqualTo("4567");
			assertThat(reader.isAtEnd()).isFalse();
			assertThat(text(reader)).isEqualTo("89");
			assertThat(reader.isAtEnd()).isTrue();
		}
	}

	@Test
	void openFile_untilItIsClosed_isAMember() throws Exception {
		ChunkReader reader = ChunkReader.open(this.file, 4, this.members, this.disk);
		assertThat(this.group.memberCounts().of(MemberKind.IO)).isEqualTo(1);
		reader.close();
		assertThat(this.group.memberCounts().of(MemberKind.IO)).isZero();
		assertThat(OpenFiles.count(this.file)).isZero();
	}

	@Test
	void operation_underWayAtACancellingClose_isForgottenAndClosesTheFileWhenItEnds() throws Exception {
		ChunkReader reader = ChunkReader.open(this.file, 4, this.members, this.disk);
		CompletableFuture<ByteBuffer> next = reader.next();
		assertThat(next).isNotDone();
		CloseReport report = this.group.closeMembers(CloseOptions.cancelPending().reason("the test ends"));
		assertThat(report.timedOut()).isFalse();
		assertThat(report.cancelledCallbacks()).isEqualTo(1);
		assertThat(next.handle((chunk, failure) -> failure))
			.isCompletedWithValueMatching((failure) -> failure instanceof CancellationException
					&& failure.getMessage().contains("the test ends"));
		reader.close();
		assertThat(OpenFiles.count(this.file)).as("the disk may still write").isEqualTo(1);
		this.disk.runAll();
		assertThat(OpenFiles.count(this.file)).isZero();
	}

	@Test
	void operation_underWayAtAnAwaitingClose_isAwaited() throws Exception {
		ChunkReader reader = ChunkReader.open(this.file, 100, this.members, ForkJoinPool.commonPool());
		CompletableFuture<ByteBuffer> next = reader.next();
		CloseReport report = this.group.closeMembers(CloseOptions.awaitPending());
		assertThat(report.cancelledCallbacks()).isZero();
		assertThat(next).isDone();
		reader.close();
	}

	@Test
	void chunk_wantedAfterTheClose_isRefused() throws Exception {
		ChunkReader reader = ChunkReader.open(this.file, 4, this.members, this.disk);
		this.group.closeMembers(CloseOptions.cancelPending());
		assertThatExceptionOfType(MemberClosedException.class).isThrownBy(reader::next);
		reader.close();
		assertThat(OpenFiles.count(this.file)).isZero();
	}

	@Test
	void file_openedAfterTheClose_isClosedAtOnce() {
		this.group.close();
		assertThatExceptionOfType(RejectedExecutionException.class)
			.isThrownBy(() -> ChunkReader.open(this.file, 4, this.members, this.disk));
		assertThat(this.file).satisfies((file) -> assertThat(OpenFiles.count(file)).isZero());
	}

	@Test
	void operation_thatTheThreadsOfTheChannelRefuse_isWithdrawn() throws Exception {
		ChunkReader reader = ChunkReader.open(this.file, 4, this.members, this.disk);
		this.disk.shutdown();
		assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(reader::next);
		this.group.closeMembers(CloseOptions.awaitPending());
		reader.close();
		assertThat(OpenFiles.count(this.file)).isZero();
	}

	private static String text(ChunkReader reader) throws Exception {
		return StandardCharsets.US_ASCII.decode(reader.next().get(30, TimeUnit.SECONDS)).toString();
	}

}
