package io.github.cleanupgroups.spring.actuate;

import java.security.Principal;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * What Spring Boot tells an operation of its request only if it also takes a JSON body:
 * who sent it, and whether it has a body.
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

	/** Whether the present request has a body, as far as one can tell. */
	static boolean hasBody() {
		return SERVLETS && Servlets.hasBody();
	}

	/** Apart, because servlets are optional. */
	private static final class Servlets {

		static @Nullable Principal principal() {
			HttpServletRequest request = request();
			return (request != null) ? request.getUserPrincipal() : null;
		}

		static boolean hasBody() {
			HttpServletRequest request = request();
			return request != null
					&& (request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null);
		}

		private static @Nullable HttpServletRequest request() {
			return (RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes attributes)
					? attributes.getRequest() : null;
		}

	}

}
