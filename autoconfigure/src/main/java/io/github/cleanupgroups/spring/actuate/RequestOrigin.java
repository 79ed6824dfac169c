package io.github.cleanupgroups.spring.actuate;

import java.security.Principal;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * Who sent a request: what Spring Boot tells only an operation that takes a JSON body.
 */
final class RequestOrigin {

	private static final boolean SERVLETS = ClassUtils.isPresent("jakarta.servlet.http.HttpServletRequest",
			RequestOrigin.class.getClassLoader());

	private RequestOrigin() {
	}

	/** Who sent the present request; null where nobody is known. */
	static @Nullable Principal principal() {
		return SERVLETS ? Servlets.principal() : null;
	}

	/** Apart, because servlets are optional. */
	private static final class Servlets {

		static @Nullable Principal principal() {
			HttpServletRequest request = request();
			return (request != null) ? request.getUserPrincipal() : null;
		}

		private static @Nullable HttpServletRequest request() {
			return (RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes attributes)
					? attributes.getRequest() : null;
		}

	}

}
