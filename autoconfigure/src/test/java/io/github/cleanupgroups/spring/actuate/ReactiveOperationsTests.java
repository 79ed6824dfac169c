package io.github.cleanupgroups.spring.actuate;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.test.json.JsonContent;
import org.springframework.web.server.WebFilter;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.application.WebApplication;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an operator does to the groups of a WebFlux application over HTTP, as far as it
 * differs from Spring MVC.
 */
@Timeout(120)
class ReactiveOperationsTests {

	private static final String PATH = "/actuator/cleanupgroups";

	private final List<AuditEvent> audited = new CopyOnWriteArrayList<>();

	private WebApplication application;

	private CleanupGroup mail;

	@BeforeEach
	void start() {
		this.application = WebApplication.startWith(Users.class, "spring.main.web-application-type=reactive",
				"cleanup-groups.groups.mail.on-close=await", "management.endpoints.web.exposure.include=cleanupgroups",
				"management.endpoint.cleanupgroups.access=unrestricted");
		this.application.context()
			.addApplicationListener(
					(ApplicationListener<AuditApplicationEvent>) (event) -> this.audited.add(event.getAuditEvent()));
		this.mail = this.application.bean(CleanupGroups.class).get("mail");
	}

	@AfterEach
	void stop() {
		this.application.close();
	}

	@Test
	void audit_ofOperations_tellsWhoWithBodyAndWithout() throws Exception {
		HttpRequest.Builder withBody = HttpRequest.newBuilder(this.application.uri(PATH + "/mail/limits"))
			.header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString("{\"weight\":4}"));
		assertThat(this.application.send(withBody.header("X-User", "erin")).statusCode()).isEqualTo(200);
		assertThat(postPlainly("/mail/drain", "erin").statusCode()).isEqualTo(202);
		assertThat(postPlainly("/resume", "erin").statusCode()).isEqualTo(200);
		assertThat(this.application.post(PATH + "/drain").statusCode()).isEqualTo(202);
		assertThat(this.audited).extracting(AuditEvent::getPrincipal).containsExactly("erin", "erin", "erin", "");
	}

	@Test
	void operation_withoutABody_isDoneAndAnswersAsOneWithABody() throws Exception {
		HttpResponse<String> drained = this.application.post(PATH + "/mail/drain");
		assertThat(new JsonContent(drained.body())).isLenientlyEqualTo("""
				{ "name": "mail", "state": "draining" }
				""");
		assertThat(this.mail.isAccepting()).isFalse();
		HttpResponse<String> unknown = this.application.post(PATH + "/mial/drain");
		assertThat(unknown.statusCode()).isEqualTo(404);
		assertThat(unknown.headers().firstValue("Content-Type")).hasValue("application/problem+json");
		assertThat(unknown.body()).contains("There is no cleanup group 'mial'.");
	}

	@Test
	void body_thatIsNotSentAsJson_isRefusedAndNotPassedOver() throws Exception {
		HttpResponse<String> response = this.application
			.send(HttpRequest.newBuilder(this.application.uri(PATH + "/mail/close"))
				.header("Content-Type", "application/x-www-form-urlencoded")
				.POST(BodyPublishers.ofString("{\"mode\":\"cancel\"}")));
		assertThat(response.statusCode()).isEqualTo(415);
		assertThat(this.audited).isEmpty();
	}

	private HttpResponse<String> postPlainly(String path, String user) throws Exception {
		return this.application.send(HttpRequest.newBuilder(this.application.uri(PATH + path))
			.header("X-User", user)
			.POST(BodyPublishers.noBody()));
	}

	/** Believes what a request says of itself. */
	@Configuration(proxyBeanMethods = false)
	static class Users {

		@Bean
		WebFilter users() {
			return (exchange, chain) -> {
				String user = exchange.getRequest().getHeaders().getFirst("X-User");
				return (user == null) ? chain.filter(exchange) : chain.filter(exchange)
					.contextWrite(
							ReactiveSecurityContextHolder.withAuthentication(new TestingAuthenticationToken(user, "")));
			};
		}

	}

}
