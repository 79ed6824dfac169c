package org.springframework.boot.devtools.restart.classloader;

/**
 * By its name, the class loader of a context that the development tools run.
 */
public final class RestartClassLoader extends ClassLoader {

	public RestartClassLoader(ClassLoader parent) {
		super(parent);
	}

}
