package io.github.sse4spring.benchmarks;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

import org.springframework.util.FileSystemUtils;

/**
 * Nginx with the module nchan, if it is installed. Nginx does not publish by itself. This
 * process publishes over one connection and does not wait for responses, so events stay
 * in order at any rate.
 */
final class Nchan {

	/**
	 * Connections are spread evenly over the workers. The module retains as few events as
	 * it can.
	 */
	private static final String CONFIGURATION = """
			daemon off;
			worker_processes %d;
			worker_rlimit_nofile 20000;
			pid nginx.pid;
			error_log stderr crit;
			load_module %s;
			events {
				worker_connections 20000;
			}
			http {
				access_log off;
				tcp_nodelay on;
				keepalive_requests 1000000000;
				client_body_buffer_size 16k;
				client_body_temp_path body;
				proxy_temp_path proxy;
				fastcgi_temp_path fastcgi;
				uwsgi_temp_path uwsgi;
				scgi_temp_path scgi;
				nchan_shared_memory_size 256m;
				server {
					listen 127.0.0.1:%d reuseport backlog=4096;
					location = /events {
						nchan_subscriber eventsource;
						nchan_channel_id news;
						nchan_subscriber_first_message newest;
					}
					location = /publish {
						nchan_publisher http;
						nchan_channel_id news;
						nchan_message_buffer_length 1;
						nchan_message_timeout 5s;
					}
				}
			}
			""";

	private Nchan() {
	}

	/** Start the server, if it is installed. */
	static Optional<ServerProcess> start() throws IOException {
		Optional<Path> nginx = first(Stream.concat(Stream.of("/usr/sbin"), Stream.of(path())), "nginx");
		Optional<Path> module = first(
				Stream.of("/usr/lib/nginx/modules", "/usr/lib64/nginx/modules", "/usr/share/nginx/modules"),
				"ngx_nchan_module.so");
		if (nginx.isEmpty() || module.isEmpty()) {
			return Optional.empty();
		}
		int port = freePort();
		Path directory = Files.createTempDirectory("nchan");
		Runtime.getRuntime().addShutdownHook(new Thread(() -> FileSystemUtils.deleteRecursively(directory.toFile())));
		Path configuration = directory.resolve("nginx.conf");
		int workers = Runtime.getRuntime().availableProcessors();
		Files.writeString(configuration, CONFIGURATION.formatted(workers, module.get(), port));
		return Optional.of(ServerProcess.start(List.of(nginx.get().toString(), "-p", directory.toString(), "-c",
				configuration.toString(), "-e", "stderr"), port));
	}

	/** Return the directories to search for programs. */
	static String[] path() {
		return System.getenv().getOrDefault("PATH", "").split(File.pathSeparator);
	}

	/** Return the file of this name in the first directory that contains it. */
	static Optional<Path> first(Stream<String> directories, String file) {
		return directories.map((directory) -> Path.of(directory, file)).filter(Files::exists).findFirst();
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

	/** Publish over a new connection of this client. */
	@SuppressWarnings("FutureReturnValueIgnored")
	static void publish(StreamClient client, Publishing publishing) throws InterruptedException {
		Channel channel = client.connect(new Answers(), true);
		publishing.start((number) -> channel.writeAndFlush(post(publishing.payload().text(number))));
	}

	private static ByteBuf post(String text) {
		String head = "POST /publish HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: ";
		return Unpooled.copiedBuffer(head + text.length() + "\r\n\r\n" + text, StandardCharsets.US_ASCII);
	}

	/**
	 * Ignores the responses.
	 */
	private static final class Answers extends ChannelInboundHandlerAdapter {

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			ReferenceCountUtil.release(message);
		}

	}

}
