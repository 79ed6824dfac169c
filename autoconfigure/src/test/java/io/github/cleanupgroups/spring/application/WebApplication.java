package io.github.cleanupgroups.spring.application;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.stream.Stream;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * A whole application with a web server, on free ports of the loopback address.
 */
public final class WebApplication implements AutoCloseable {

	private final HttpClient client = HttpClient.newHttpClient();

	private final ConfigurableApplicationContext context;

	private WebApplication(ConfigurableApplicationContext context) {
		this.context = context;
	}

	/**
	 * Starts it.
	 * @param properties as {@code key=value}
	 */
	public static WebApplication start(String... properties) {
		return startWith(Everything.class, properties);
	}

	/**
	 * Starts it with beans of the test's own.
	 * @param configuration is given everything that the class path has, too
	 * @param properties as {@code key=value}
	 */
	public static WebApplication startWith(Class<?> configuration, String... properties) {
		SpringApplication application = new SpringApplication(Everything.class, configuration);
		application.setRegisterShutdownHook(false);
		Stream<String> always = Stream.of("server.address=127.0.0.1", "server.port=0", "spring.main.banner-mode=off");
		return new WebApplication(application
			.run(Stream.concat(always, Stream.of(properties)).map((each) -> "--" + each).toArray(String[]::new)));
	}

	public <T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	public ConfigurableApplicationContext context() {
		return this.context;
	}

	/** The application's own port, or the management port where it has one. */
	public int port() {
		ConfigurableEnvironment environment = this.context.getEnvironment();
		return environment.getProperty("local.management.port", Integer.class,
				environment.getRequiredProperty("local.server.port", Integer.class));
	}

	/** Posts nothing at all. */
	public HttpResponse<String> post(String path) throws IOException, InterruptedException {
		return send(HttpRequest.newBuilder(uri(path)).POST(BodyPublishers.noBody()));
	}

	public HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
		return send(HttpRequest.newBuilder(uri(path))
			.header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString(json)));
	}

	public URI uri(String path) {
		return URI.create("http://127.0.0.1:" + port() + path);
	}

	public HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
		return this.client.send(request.build(), BodyHandlers.ofString());
	}

	public HttpResponse<String> get(String path) throws IOException, InterruptedException {
		return get("local.server.port", path);
	}

	public HttpResponse<String> getFromManagementPort(String path) throws IOException, InterruptedException {
		return get("local.management.port", path);
	}

	private HttpResponse<String> get(String port, String path) throws IOException, InterruptedException {
		URI uri = URI.create("http://127.0.0.1:" + this.context.getEnvironment().getRequiredProperty(port) + path);
		return this.client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
	}

	@Override
	public void close() {
		this.context.close();
	}

	/**
	 * Everything that the class path has.
	 */
	@EnableAutoConfiguration
	public static class Everything {

	}

}
