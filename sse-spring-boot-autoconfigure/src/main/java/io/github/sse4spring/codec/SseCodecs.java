package io.github.sse4spring.codec;

import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.codec.CodecConfigurer;

/**
 * Registers the codecs of this package by hand, for clients that Spring Boot does not
 * build.
 *
 * <pre class="code">
 * WebClient.builder().codecs(SseCodecs::register).build();
 * </pre>
 *
 * @since 0.1.0
 */
public final class SseCodecs {

	private SseCodecs() {
	}

	/**
	 * Let a client read event streams as {@code Flux<SseEvent>}.
	 * @param configurer the codecs of the client
	 */
	public static void register(CodecConfigurer configurer) {
		configurer.customCodecs().register(new SseEventDecoder(JsonMapper.shared()));
	}

}
