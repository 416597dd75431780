package io.rpaworker.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresTextTests {

    private static final RpaDb DB = Postgres.migrated();

    @ParameterizedTest
    @ValueSource(strings = {"", "text", "\uD83D\uDE00", "a\uD83D\uDE00b", "\u0001", "\uFFFF", "\uFFFD"})
    void holds(String text) {
        assertThat(PostgresText.canHold(text)).isTrue();
        assertThat(stored(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\0", "a\0", "\uD83D", "\uDE00", "\uDE00\uD83D", "\uD83Dx", "\uD83D\uD83D\uDE00", "x\uDE00"})
    void doesNotHold(String text) {
        assertThat(PostgresText.canHold(text)).isFalse();
        assertThat(PostgresText.canHold(PostgresText.storable(text, 100))).isTrue();
    }

    @Test
    void keepsWhatItCan() {
        assertThat(PostgresText.storable(null, 10)).isEmpty();
        assertThat(PostgresText.storable("a\0b\tc\nd\re\uD83Df\uD83D\uDE00", 100))
                .isEqualTo("ab\tc\nd\uFFFDe\uFFFDf\uD83D\uDE00");
    }

    @Test
    void cutsBetweenCharacters() {
        assertThat(PostgresText.storable("\u20AC\u20AC", 5)).isEqualTo("\u20AC");
        assertThat(PostgresText.storable("\uD83D\uDE00\uD83D\uDE00", 7)).isEqualTo("\uD83D\uDE00");
        assertThat(PostgresText.storable("abc", 2)).isEqualTo("ab");
        assertThat(PostgresText.storable("abc", 0)).isEmpty();
    }

    // What is cut at a wide character must not go on with a narrow one behind it.
    @Test
    void keepsABeginningAndNothingElse() {
        assertThat(PostgresText.storable("aa\uD83D\uDE00bb", 4)).isEqualTo("aa");
    }

    @Test
    void whateverItMakesIsStored() {
        var random = new Random(42);
        for (int round = 0; round < 200; round++) {
            var text = new StringBuilder();
            for (int i = 0; i < 40; i++) {
                text.append((char) (random.nextInt(4) == 0 ? 0xD800 + random.nextInt(0x800) : random.nextInt(0x300)));
            }

            String storable = PostgresText.storable(text.toString(), 60);

            assertThat(storable.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(60);
            assertThat(stored(storable)).isEqualTo(storable);
        }
    }

    private static String stored(String text) {
        return DB.jdbc()
                .sql("select cast(:text as text)")
                .param("text", text)
                .query(String.class)
                .single();
    }
}
