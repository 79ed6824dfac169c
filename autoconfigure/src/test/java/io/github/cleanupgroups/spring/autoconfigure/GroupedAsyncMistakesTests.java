package io.github.cleanupgroups.spring.autoconfigure;

import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.Async;

import io.github.cleanupgroups.Priority;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.GroupedAsync;
import io.github.cleanupgroups.spring.NoSuchGroupException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * The annotation where it cannot work: the start fails, and says what to do.
 */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class GroupedAsyncMistakesTests {

	@ParameterizedTest
	@MethodSource("mistakes")
	void start_withAMistake_failsAndNamesBeanMethodGroupAndTheWayOut(Class<?> type, String[] said) {
		GroupedContexts.runner()
			.withBean("mistaken", type)
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.isInstanceOf(InvalidGroupedAsyncException.class)
				.hasMessageContaining("bean 'mistaken'")
				.hasMessageContaining(type.getName())
				.hasMessageContaining("@GroupedAsync(\"")
				.hasMessageContainingAll(said));
	}

	@Test
	void lazyBean_thatCannotBeProxied_leavesTheGroupsAlone() {
		GroupedContexts.runner()
			.withBean("mistaken", FinalType.class, FinalType::new, (definition) -> definition.setLazyInit(true))
			.run((context) -> {
				CleanupGroups groups = context.getBean(CleanupGroups.class);
				assertThatException().isThrownBy(() -> context.getBean("mistaken"));
				assertThat(context.getBean(CleanupGroups.class)).isSameAs(groups);
				assertThat(groups.environment("mail").submit(() -> "open").join()).isEqualTo("open");
			});
	}

	static Stream<Arguments> mistakes() {
		return Stream.of(
				mistake(ReturnsText.class, "@GroupedAsync(\"mail\")", "text(int, String)",
						"return type is java.lang.String", "CompletableFuture"),
				mistake(ReturnsPrimitive.class, "number()", "return type is int"),
				mistake(ReturnsSubtype.class, "subtype()", "ReturnsSubtype$Special"),
				mistake(OnTypeReturnsText.class, "text()", "instead of the type"),
				mistake(OnPrivate.class, "hidden()", "is private", "Make it public"),
				mistake(OnFinal.class, "fixed()", "is final", "non-final"),
				mistake(OnTypeWithFinal.class, "fixed()", "is final", "instead of the type"),
				mistake(OnStatic.class, "shared()", "is static"), mistake(Both.class, "twice()", "@Async"),
				mistake(AsyncType.class, "twice()", "@Async"), mistake(OnTypeWithAsync.class, "twice()", "@Async"),
				mistake(Blank.class, "blank()", "names no group", "there are mail, dropped"),
				mistake(BlankResolved.class, "blank()", "names no group"),
				mistake(TwoPriorities.class, "urgent()", "2 priorities"));
	}

	private static Arguments mistake(Class<?> type, String... said) {
		return Arguments.of(type, said);
	}

	@Test
	void start_withAnUnknownGroup_failsAndNamesTheKnownOnes() {
		GroupedContexts.runner()
			.withBean("mistaken", Unknown.class)
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.hasStackTraceContaining(InvalidGroupedAsyncException.class.getName())
				.hasStackTraceContaining("bean 'mistaken'")
				.hasStackTraceContaining("there is no cleanup group 'mial'")
				.hasStackTraceContaining("cleanup-groups.groups.mial")
				.hasStackTraceContaining("mail, dropped")
				.rootCause()
				.isInstanceOf(NoSuchGroupException.class));
	}

	@Test
	void start_withAnUnresolvablePlaceholder_failsAndNamesIt() {
		GroupedContexts.runner()
			.withBean("mistaken", Unresolvable.class)
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.hasStackTraceContaining("bean 'mistaken'")
				.hasStackTraceContaining("letters.group"));
	}

	@Test
	void start_withTwoNamesForOneGroup_fails() {
		GroupedContexts.runner()
			.withBean(TwoNames.class)
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.hasStackTraceContaining("attribute 'group' and its alias 'value'"));
	}

	@Test
	void creation_ofALazyBeanWithAMistake_fails() {
		GroupedContexts.runner()
			.withBean("mistaken", Unknown.class, Unknown::new, (definition) -> definition.setLazyInit(true))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThatException().isThrownBy(() -> context.getBean(Unknown.class))
					.withStackTraceContaining("there is no cleanup group 'mial'");
			});
	}

	@Test
	void start_ofAnApplicationWithAMistake_printsDescriptionAndAction(CapturedOutput output) {
		SpringApplication application = new SpringApplication(MistakenApplication.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		assertThatException().isThrownBy(() -> application.run("--cleanup-groups.groups.mail.on-close=await"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Description:")
			.contains("@GroupedAsync(\"mial\") cannot work on send() of bean 'unknown', class "
					+ Unknown.class.getName() + ": there is no cleanup group 'mial'.")
			.contains("Action:")
			.contains("Configure it with cleanup-groups.groups.mial.")
			.contains("there are mail.");
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ CleanupGroupsAutoConfiguration.class, GroupedAsyncAutoConfiguration.class })
	static class MistakenApplication {

		@Bean
		Unknown unknown() {
			return new Unknown();
		}

	}

	static class ReturnsText {

		@GroupedAsync("mail")
		public String text(int number, String name) {
			return name + number;
		}

	}

	static class ReturnsPrimitive {

		@GroupedAsync("mail")
		public int number() {
			return 1;
		}

	}

	static class ReturnsSubtype {

		@GroupedAsync("mail")
		public Special subtype() {
			return new Special();
		}

		static class Special extends CompletableFuture<String> {

		}

	}

	@GroupedAsync("mail")
	static class OnTypeReturnsText {

		public void fine() {
		}

		public String text() {
			return "";
		}

	}

	static class OnPrivate {

		@GroupedAsync("mail")
		@SuppressWarnings("UnusedMethod")
		private void hidden() {
		}

	}

	static class OnFinal {

		@GroupedAsync("mail")
		public final void fixed() {
		}

	}

	@GroupedAsync("mail")
	static class OnTypeWithFinal {

		public final void fixed() {
		}

	}

	static class OnStatic {

		@GroupedAsync("mail")
		public static void shared() {
		}

	}

	static class Both {

		@Async
		@GroupedAsync("mail")
		public void twice() {
		}

	}

	@Async
	static class AsyncType {

		@GroupedAsync("mail")
		public void twice() {
		}

	}

	@GroupedAsync("mail")
	static class OnTypeWithAsync {

		@Async
		public void twice() {
		}

	}

	static class Blank {

		@GroupedAsync
		public void blank() {
		}

	}

	static class BlankResolved {

		@GroupedAsync("${letters.group:}")
		public void blank() {
		}

	}

	static class TwoPriorities {

		@GroupedAsync(value = "mail", priority = { Priority.HIGH, Priority.LOW })
		public void urgent() {
		}

	}

	static class Unknown {

		@GroupedAsync("mial")
		public void send() {
		}

	}

	static class Unresolvable {

		@GroupedAsync("${letters.group}")
		public void send() {
		}

	}

	static class TwoNames {

		@GroupedAsync(value = "mail", group = "dropped")
		public void send() {
		}

	}

	static final class FinalType {

		@GroupedAsync("mail")
		public void call() {
		}

	}

}
