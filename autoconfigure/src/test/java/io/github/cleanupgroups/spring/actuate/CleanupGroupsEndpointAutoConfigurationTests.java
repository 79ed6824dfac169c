package io.github.cleanupgroups.spring.actuate;

import java.lang.management.ManagementFactory;
import java.util.Map;

import javax.management.MBeanException;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.http.ProblemDetail;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.actuate.CleanupGroupsDescriptor.PoolDescriptor;
import io.github.cleanupgroups.spring.actuate.GroupDescriptor.CloseDescriptor;
import io.github.cleanupgroups.spring.actuate.GroupDescriptor.MemberDescriptor;
import io.github.cleanupgroups.spring.application.WebApplication;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Where the endpoint is to be had, and where it is not.
 */
@Timeout(120)
class CleanupGroupsEndpointAutoConfigurationTests {

	private static final String EXPOSED = "management.endpoints.web.exposure.include=cleanupgroups";

	private static final String MBEAN = "org.springframework.boot:type=Endpoint,name=Cleanupgroups";

	private static final String PATH = "/actuator/cleanupgroups";

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(CleanupGroupsAutoConfiguration.class,
				CleanupGroupsEndpointAutoConfiguration.class, EndpointAutoConfiguration.class))
		.withPropertyValues("cleanup-groups.groups.mail.pool=default", EXPOSED);

	@Test
	void endpoint_exposed_isThere() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(CleanupGroupsEndpoint.class)
			.hasSingleBean(CleanupGroupsEndpointWebExtension.class));
	}

	@Test
	void webExtension_ofEachWebApplication_isItsOwn() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(CleanupGroupsEndpointServletExtension.class)
			.doesNotHaveBean(CleanupGroupsEndpointReactiveExtension.class));
		new ReactiveWebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(CleanupGroupsAutoConfiguration.class,
					CleanupGroupsEndpointAutoConfiguration.class, EndpointAutoConfiguration.class))
			.withPropertyValues(EXPOSED)
			.run((context) -> assertThat(context).hasSingleBean(CleanupGroupsEndpointReactiveExtension.class)
				.doesNotHaveBean(CleanupGroupsEndpointServletExtension.class));
	}

	@Test
	void endpoint_notExposed_isAbsent() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=health")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(CleanupGroupsEndpoint.class));
	}

	@Test
	void endpoint_withoutAccess_isAbsent() throws Exception {
		try (WebApplication application = WebApplication.start("cleanup-groups.groups.mail.pool=default", EXPOSED,
				"management.endpoint.cleanupgroups.access=none")) {
			assertThat(application.get(PATH).statusCode()).isEqualTo(404);
		}
	}

	@Test
	void groups_withoutActuator_workWithoutEndpoint() {
		new ApplicationContextRunner().withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
			.withUserConfiguration(ByName.class)
			.withPropertyValues("cleanup-groups.groups.mail.pool=default", EXPOSED)
			.run((context) -> {
				assertThat(context).hasNotFailed().doesNotHaveBean("cleanupGroupsEndpoint");
				assertThat(context.getBean(CleanupGroups.class).environment("mail").submit(() -> "ran").join())
					.isEqualTo("ran");
			});
	}

	@Test
	void webExtension_withoutSpringWeb_isAbsent() {
		this.runner.withClassLoader(new FilteredClassLoader(ProblemDetail.class))
			.run((context) -> assertThat(context).hasSingleBean(CleanupGroupsEndpoint.class)
				.doesNotHaveBean("cleanupGroupsEndpointWebExtension"));
	}

	@Test
	void lastClose_withLazyInitialization_isRememberedFromTheStart() {
		this.runner
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> {
				CleanupGroup mail = context.getBean(CleanupGroups.class).get("mail");
				mail.closeMembers(CloseOptions.awaitPending());
				GroupDescriptor shown = context.getBean(CleanupGroupsEndpoint.class).group("mail");
				assertThat(shown).isNotNull();
				assertThat(shown.lastClose()).isNotNull();
			});
	}

	@Test
	void endpoint_onAManagementPortOfItsOwn_isThereAndOnlyThere() throws Exception {
		try (WebApplication application = WebApplication.start("cleanup-groups.groups.mail.pool=default", EXPOSED,
				"management.server.port=0", "management.server.address=127.0.0.1")) {
			assertThat(application.getFromManagementPort(PATH).body()).contains("\"mail\"");
			assertThat(application.getFromManagementPort(PATH + "/mail").body()).contains("\"memberList\"");
			assertThat(application.getFromManagementPort(PATH + "/mial").statusCode()).isEqualTo(404);
			assertThat(application.get(PATH).statusCode()).isEqualTo(404);
		}
	}

	@Test
	void endpoint_overJmx_showsTheSame() throws Exception {
		try (WebApplication application = WebApplication.start("cleanup-groups.groups.mail.pool=default",
				"spring.jmx.enabled=true", "management.endpoints.jmx.exposure.include=cleanupgroups")) {
			MBeanServer server = ManagementFactory.getPlatformMBeanServer();
			ObjectName name = new ObjectName(MBEAN);
			assertThat(server.invoke(name, "group", new Object[] { "mail" }, new String[] { String.class.getName() }))
				.asInstanceOf(InstanceOfAssertFactories.map(Object.class, Object.class))
				.containsAllEntriesOf(Map.of("name", "mail", "state", "open", "pool", "default", "queued", 0L));
			assertThat(application.bean(CleanupGroups.class).names()).containsExactly("mail");
		}
	}

	@Test
	void operations_overJmx_workOnceOpened() throws Exception {
		try (WebApplication application = WebApplication.start("cleanup-groups.groups.mail.queue-capacity=5",
				"spring.jmx.enabled=true", "management.endpoints.jmx.exposure.include=cleanupgroups",
				"management.endpoint.cleanupgroups.access=unrestricted")) {
			CleanupGroup mail = application.bean(CleanupGroups.class).get("mail");
			assertThat(overJmx("mail", "limits", null, null, null, null, 3, 7, 2))
				.asInstanceOf(InstanceOfAssertFactories.map(Object.class, Object.class))
				.containsEntry("state", "open");
			assertThat(mail.maxConcurrency()).isEqualTo(3);
			assertThat(mail.queueCapacity()).isEqualTo(7);
			assertThat(mail.weight()).isEqualTo(2);
			assertThat(overJmx("mail", "drain", null, null, null, null, null, null, null))
				.asInstanceOf(InstanceOfAssertFactories.map(Object.class, Object.class))
				.containsEntry("state", "draining");
			assertThatExceptionOfType(MBeanException.class)
				.isThrownBy(() -> overJmx("mial", "drain", null, null, null, null, null, null, null))
				.withMessageContaining("'mial'");
			assertThat(ManagementFactory.getPlatformMBeanServer()
				.invoke(new ObjectName(MBEAN), "operateAll", new Object[] { "resume", null },
						new String[] { String.class.getName(), Boolean.class.getName() }))
				.isNotNull();
			assertThat(mail.isAccepting()).isTrue();
		}
	}

	private static Object overJmx(@Nullable Object... arguments) throws Exception {
		String text = String.class.getName();
		String number = Integer.class.getName();
		return ManagementFactory.getPlatformMBeanServer()
			.invoke(new ObjectName(MBEAN), "operate", arguments,
					new String[] { text, text, text, text, number, number, number, number, number });
	}

	@Test
	void operations_overJmx_areAbsentByDefault() throws Exception {
		try (WebApplication application = WebApplication.start("cleanup-groups.groups.mail.pool=default",
				"spring.jmx.enabled=true", "management.endpoints.jmx.exposure.include=cleanupgroups")) {
			assertThat(ManagementFactory.getPlatformMBeanServer().getMBeanInfo(new ObjectName(MBEAN)).getOperations())
				.extracting(MBeanOperationInfo::getName)
				.containsExactlyInAnyOrder("groups", "group");
			assertThat(application.bean(CleanupGroups.class).names()).containsExactly("mail");
		}
	}

	@Test
	void nativeImage_ofAnApplicationWithTheEndpoint_getsHintsForWhatItReturns() {
		TestGenerationContext generation = new TestGenerationContext();
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.registerBean(CleanupGroupsEndpoint.class);
			context.registerBean(CleanupGroupsEndpointServletExtension.class);
			context.registerBean(CleanupGroupsEndpointReactiveExtension.class);
			new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
		}
		RuntimeHints hints = generation.getRuntimeHints();
		Map.of(CleanupGroupsEndpoint.class, "groups", CleanupGroupsEndpointWebExtension.class, "group",
				CleanupGroupsDescriptor.class, "pools", PoolDescriptor.class, "maxThreads", GroupDescriptor.class,
				"queued", MemberDescriptor.class, "since", CloseDescriptor.class, "duration", ProblemDetail.class,
				"getDetail")
			.forEach((type, method) -> assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(type, method))
				.as(type.getName())
				.accepts(hints));
	}

	/**
	 * Leaves the reading of the class files to the context, as an application does: their
	 * annotations may be missing.
	 */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ CleanupGroupsAutoConfiguration.class, CleanupGroupsEndpointAutoConfiguration.class })
	static class ByName {

	}

}
