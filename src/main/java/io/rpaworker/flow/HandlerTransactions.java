package io.rpaworker.flow;

import io.rpaworker.handler.FlowHandler;
import io.rpaworker.handler.RunContext;
import io.rpaworker.handler.RunSummary;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.handlerjar.HandlerBean;
import io.rpaworker.settings.SettingsException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
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

    private static final String WRITE = "write";
    private static final Set<String> CALLED = Set.of("handle", WRITE, "page");
    private static final String JAKARTA = "jakarta.transaction.Transactional";
    private static final Set<String> JOINING =
            Set.of(Propagation.REQUIRED.name(), Propagation.SUPPORTS.name(), Propagation.MANDATORY.name());
    private static final Set<String> WORKERS = Set.of("", "transactionManager");

    private static final String ASYNC = "org.springframework.scheduling.annotation.Async";
    private static final Set<String> RETRYABLE = Set.of(
            "org.springframework.resilience.annotation.Retryable", "org.springframework.retry.annotation.Retryable");

    private HandlerTransactions() {}

    static void refuse(String flow, HandlerBean bean) {
        refuse(flow, bean.origin().text(), bean.handler(), List.of(WorkRecord.class, List.class));
    }

    /**
     * Refuses a source or a completion of runs.
     *
     * @param origin where it comes from, for people
     * @throws SettingsException if it has such an annotation, with what to change
     */
    public static void refuseOfRuns(String flow, String origin, Object bean) {
        refuse(flow, origin, bean, List.of(RunContext.class, RunSummary.class));
    }

    private static void refuse(String flow, String origin, Object bean, List<Class<?>> work) {
        Class<?> type = AopUtils.getTargetClass(bean);
        for (Method method : ReflectionUtils.getAllDeclaredMethods(type)) {
            if (CALLED.contains(method.getName()) && takesWork(method, work)) {
                Stream.of(method, type).forEach(it -> {
                    var annotations = MergedAnnotations.from(it, SearchStrategy.TYPE_HIERARCHY);
                    refuse(flow, origin, method.getName(), annotations);
                    refuseDetours(flow, origin, method.getName(), annotations);
                });
            }
        }
    }

    private static boolean takesWork(Method method, List<Class<?>> work) {
        return method.getParameterCount() > 0
                && !method.getDeclaringClass().getPackage().equals(FlowHandler.class.getPackage())
                && work.contains(method.getParameterTypes()[0]);
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
