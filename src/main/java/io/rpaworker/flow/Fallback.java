package io.rpaworker.flow;

import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What is said of one flow comes before what is said of all. */
record Fallback<T>(@Nullable T own, @Nullable T global) {

    <V> V get(Function<T, @Nullable V> setting, V otherwise) {
        return Objects.requireNonNullElse(find(setting), otherwise);
    }

    <V> @Nullable V find(Function<T, @Nullable V> setting) {
        V said = own == null ? null : setting.apply(own);
        return said != null || global == null ? said : setting.apply(global);
    }

    <U> Fallback<U> within(Function<T, @Nullable U> group) {
        return new Fallback<>(own == null ? null : group.apply(own), global == null ? null : group.apply(global));
    }
}
