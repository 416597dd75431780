package io.rpaworker.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.preinitialize.BackgroundPreinitializer;
import org.springframework.core.io.support.SpringFactoriesLoader;

class DatabasePreinitializerTests {

    // Boot would not say that it cannot find or run it; starts would only be slower.
    @Test
    void bootFindsItAndItRuns() {
        var preinitializers = SpringFactoriesLoader.forDefaultResourceLocation().load(BackgroundPreinitializer.class);

        assertThat(preinitializers).hasAtLeastOneElementOfType(DatabasePreinitializer.class);
        assertThatNoException().isThrownBy(() -> new DatabasePreinitializer().preinitialize());
    }
}
