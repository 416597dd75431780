package io.rpaworker.ops.endpoint;

import io.rpaworker.ops.Parameters;
import io.rpaworker.ops.Problem;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/**
 * A request that gives an order: to Spring Boot it has one parameter, {@code order}, which is its body. So its names
 * and types are the order's, and not what Spring Boot makes of them.
 */
final class OrderRequest {

    private static final int MOST_BYTES = 64 * 1024;
    private static final String ORDER = "order";

    private OrderRequest() {}

    /**
     * Reads the body of a request.
     *
     * @throws Problem if it is not JSON, is too long, or if there are parameters beside it
     */
    static HttpServletRequest of(HttpServletRequest request) throws IOException {
        // Another site's form can be posted with a password that the browser knows, but not as JSON.
        if (!isJson(request.getContentType())) {
            throw new Problem(
                    Problem.Kind.INVALID_PARAMETER, "An order is posted as JSON, with Content-Type: application/json");
        }
        if (request.getQueryString() != null) {
            throw Parameters.invalid("query", "An order is said in the body of the request, and not in its address");
        }
        byte[] body = request.getInputStream().readNBytes(MOST_BYTES + 1);
        if (body.length > MOST_BYTES) {
            throw new Problem(Problem.Kind.INVALID_PARAMETER, "An order has at most %,d bytes".formatted(MOST_BYTES));
        }
        String text = new String(body, StandardCharsets.UTF_8);
        return new NamedParameters(request, Map.of(ORDER, new String[] {text})) {
            @Override
            public ServletInputStream getInputStream() {
                return new Nothing();
            }
        };
    }

    private static boolean isJson(@Nullable String type) {
        try {
            return type != null && MediaType.parseMediaType(type).isCompatibleWith(MediaType.APPLICATION_JSON);
        } catch (InvalidMediaTypeException e) {
            return false;
        }
    }

    /** What is left of the body. */
    private static final class Nothing extends ServletInputStream {

        @Override
        public int read() {
            return -1;
        }

        @Override
        public boolean isFinished() {
            return true;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new UnsupportedOperationException("Nothing is to be read");
        }
    }
}
