package io.rpaworker;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import org.slf4j.LoggerFactory;

/**
 * Makes SIGTERM an ordinary exit. The JVM's own answer is to run the same shutdown hooks but to exit with 143, which
 * reads like a failure where a drained worker has none.
 */
final class TerminationSignal {

    private TerminationSignal() {}

    // By reflection: sun.misc.Signal has no successor, and javac's warning about it cannot be switched off.
    static void exitWithZero() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            // System.exit waits for the hooks; the signal's thread is not the place to wait in.
            InvocationHandler exit = (proxy, method, arguments) -> {
                Thread.ofPlatform().name("sigterm").start(() -> System.exit(0));
                return null;
            };
            signal.getMethod("handle", signal, handler)
                    .invoke(
                            null,
                            signal.getConstructor(String.class).newInstance("TERM"),
                            Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, exit));
        } catch (ReflectiveOperationException e) {
            LoggerFactory.getLogger(TerminationSignal.class).warn("SIGTERM will exit with 143, not 0", e);
        }
    }
}
