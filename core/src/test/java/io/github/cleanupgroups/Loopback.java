package io.github.cleanupgroups;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Two ends of a real connection to this machine.
 */
final class Loopback implements AutoCloseable {

	private static final int PATIENCE_SECONDS = 20;

	private final AsynchronousServerSocketChannel server;

	/** The end that has connected. */
	final AsynchronousSocketChannel near;

	/** The end that was accepted. */
	final AsynchronousSocketChannel far;

	Loopback() throws Exception {
		this.server = server();
		this.near = AsynchronousSocketChannel.open();
		Future<AsynchronousSocketChannel> accepted = this.server.accept();
		Future<Void> connected = this.near.connect(this.server.getLocalAddress());
		connected.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
		this.far = accepted.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
	}

	/** Listens on a port that is free. */
	static AsynchronousServerSocketChannel server() throws IOException {
		return AsynchronousServerSocketChannel.open().bind(anyPort());
	}

	/** An address that nobody listens on. */
	static SocketAddress deserted() throws IOException {
		try (AsynchronousServerSocketChannel gone = server()) {
			return gone.getLocalAddress();
		}
	}

	private static InetSocketAddress anyPort() throws IOException {
		return new InetSocketAddress(InetAddress.getByAddress(new byte[] { 127, 0, 0, 1 }), 0);
	}

	@Override
	public void close() throws IOException {
		this.near.close();
		this.far.close();
		this.server.close();
	}

}
