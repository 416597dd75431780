package io.rpaworker.bench;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.springframework.util.StringUtils;

/**
 * Those contenders that are to be measured. A contender's name is in small letters here, with a dash for all that is
 * neither letter nor digit: {@code rpa-worker-results}. Each word names the contender that is called so, or, if nobody
 * is, all whose names begin with it.
 *
 * @param words none for everybody
 */
record Choice(Set<String> words) {

    static Choice ofOptions() {
        return new Choice(StringUtils.commaDelimitedListToSet(Options.text("contenders")));
    }

    /** Suites have different contenders, so that a word may be nobody's in one of them; but somebody must be left. */
    List<Contender> of(List<Contender> contenders) {
        List<String> names = contenders.stream().map(Choice::name).toList();
        List<Contender> chosen = contenders.stream()
                .filter(it -> words.isEmpty() || words.stream().anyMatch(word -> means(word, name(it), names)))
                .toList();
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException(
                    "-Dbench.contenders=%s names none of %s".formatted(String.join(",", words), names));
        }
        return chosen;
    }

    private static boolean means(String word, String name, List<String> names) {
        return names.contains(word) ? name.equals(word) : name.startsWith(word);
    }

    private static String name(Contender contender) {
        return contender.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    }
}
