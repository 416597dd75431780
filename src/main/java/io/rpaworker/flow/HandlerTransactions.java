package io.rpaworker.flow;

import io.rpaworker.handler.FlowHandler;
import io.rpaworker.handler.RunContext;
import io.rpaworker.handler.RunSummary;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.handlerjar.HandlerBean;
import io.rpaworker.settings.SettingsException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.util.ReflectionUtils;

/**
 * Refuses transactions of an author's own around what the worker calls. Around {@code handle}, or a source's
 * {@code page}, its rows would be committed without the record's completion, and a connection be held for as long as it
 * takes; around {@code write} another transaction than the worker's would. Nor may an annotation have {@code write} run
 * elsewhere or more than once in the worker's transaction.
 */
public final class HandlerTransactions {

    private static final String HANDLE = "handle";
    private static final String WRITE = "write";
    private static final String JAKARTA = "jakarta.transaction.Transactional";
    private static final Set<String> JOINING =
            Set.of(Propagation.REQUIRED.name(), Propagation.SUPPORTS.name(), Propagation.MANDATORY.name());
    private static final Set<String> WORKERS = Set.of("", "transactionManager");

    private static final String ASYNC = "org.springframework.scheduling.annotation.Async";
    private static final Set<String> RETRYABLE = Set.of(
            "org.springframework.resilience.annotation.Retryable", "org.springframework.retry.annotation.Retryable");

    private HandlerTransactions() {}

    static void refuse(String flow, HandlerBean bean) {
        refuse(flow, bean.origin().text(), bean.handler(), HandlerTransactions::isHandlers);
    }

    /**
     * Refuses a source or a completion of runs.
     *
     * @param origin where it comes from, for people
     * @throws SettingsException if it has such an annotation, with what to change
     */
    public static void refuseOfRuns(String flow, String origin, Object bean) {
        refuse(flow, origin, bean, HandlerTransactions::isOfRuns);
    }

    private static void refuse(String flow, String origin, Object bean, Predicate<Method> called) {
        Class<?> type = AopUtils.getTargetClass(bean);
        for (Method method : ReflectionUtils.getAllDeclaredMethods(type)) {
            if (called.test(method)
                    && !method.getDeclaringClass().getPackage().equals(FlowHandler.class.getPackage())) {
                Stream.of(method, type).forEach(it -> {
                    var annotations = MergedAnnotations.from(it, SearchStrategy.TYPE_HIERARCHY);
                    refuse(flow, origin, method.getName(), annotations);
                    refuseDetours(flow, origin, method.getName(), annotations);
                });
            }
        }
    }

    private static boolean isHandlers(Method method) {
        return switch (method.getName()) {
            case HANDLE, WRITE -> takes(method, WorkRecord.class) || takes(method, List.class);
            default -> false;
        };
    }

    // What a completion has found out is of a type of its author's.
    private static boolean isOfRuns(Method method) {
        return switch (method.getName()) {
            case "page" -> takes(method, RunContext.class, String.class, int.class);
            case HANDLE -> takes(method, RunSummary.class);
            case WRITE -> method.getParameterCount() == 2 && method.getParameterTypes()[0] == RunSummary.class;
            default -> false;
        };
    }

    private static boolean takes(Method method, Class<?>... parameters) {
        return Arrays.equals(method.getParameterTypes(), parameters);
    }

    private static void refuse(String flow, String origin, String called, MergedAnnotations annotations) {
        boolean handle = !called.equals(WRITE);
        if (handle && (annotations.isPresent(Transactional.class) || annotations.isPresent(JAKARTA))) {
            throw new SettingsException(
                    "%s of %s, flow '%s', is @Transactional: what it writes would be committed without the record"
                                    .formatted(called, origin, flow)
                            + " being completed, and be there twice after a crash",
                    "Remove the annotation from the method and from its class. What is to be written goes into write, which"
                            + " runs in the transaction that completes the records.");
        }
        MergedAnnotation<Transactional> own = annotations.get(Transactional.class);
        if (handle || !own.isPresent()) {
            return;
        }
        Propagation propagation = own.getEnum("propagation", Propagation.class);
        String manager = own.getString("transactionManager");
        if (!JOINING.contains(propagation.name()) || !WORKERS.contains(manager)) {
            throw new SettingsException(
                    "write of %s, flow '%s', asks for a transaction that is not the worker's: %s"
                            .formatted(
                                    origin,
                                    flow,
                                    WORKERS.contains(manager)
                                            ? "propagation " + propagation
                                            : "transaction manager " + manager),
                    "Remove @Transactional: write runs in the transaction that completes the records.");
        }
    }

    private static void refuseDetours(String flow, String origin, String called, MergedAnnotations annotations) {
        if (annotations.isPresent(ASYNC)) {
            throw new SettingsException(
                    "%s of %s, flow '%s', is @Async: it would run on another thread than the one whose transaction"
                                    .formatted(called, origin, flow)
                            + " completes the records, and nobody would wait for it",
                    "Remove the annotation from the method and from its class: the worker has the threads, as many as the"
                            + " flow's concurrency.");
        }
        if (called.equals(WRITE) && RETRYABLE.stream().anyMatch(annotations::isPresent)) {
            throw new SettingsException(
                    "write of %s, flow '%s', is @Retryable: what the first try has written would be there twice"
                            .formatted(origin, flow),
                    "Remove the annotation from write, or move it from the class to handle: the worker undoes a write that"
                            + " throws, and tries again itself.");
        }
    }
}
