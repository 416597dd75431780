package io.rpaworker.payload;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.text.ParsePosition;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.type.LogicalType;

/**
 * What fits a component whose author says how its value looks. Text is as he says, and numbers are for dates, if he
 * says so; for all else it is as it would be without him.
 *
 * @param unsaid what fits where nothing is said
 * @param kind of the component's type
 */
record SaidFit(Fit unsaid, @Nullable LogicalType kind, JsonFormat.Value said) implements Fit {

    @Override
    public JsonParser checked(JsonParser json, DeserializationContext context, Class<?> type) {
        boolean number = kind == LogicalType.Integer || kind == LogicalType.Float;
        boolean plain = kind == LogicalType.DateTime && !said.hasPattern();
        if (plain || !json.hasToken(JsonToken.VALUE_STRING)) {
            // A duration's pattern is the unit of its numbers.
            boolean numbers = said.getShape().isNumeric() || (said.hasPattern() && type == Duration.class);
            return numbers && !number && json.currentToken().isNumeric() ? json : unsaid.checked(json, context, type);
        }
        String text = json.getString();
        if (number && !NumberFits.isHeld(text, type)) {
            throw context.weirdStringException(text, type, "it does not hold this number");
        }
        if (said.hasPattern() && isMoved(text, context)) {
            throw context.weirdStringException(text, type, "there is no such day");
        }
        return TextFits.notBlank(json, context, type);
    }

    // Where a month has no 31st, java.time takes its last day; the old types go on to the next month.
    private boolean isMoved(String text, DeserializationContext context) {
        DateTimeFormatter format;
        try {
            format = DateTimeFormatter.ofPattern(
                    said.getPattern(), said.hasLocale() ? said.getLocale() : context.getLocale());
        } catch (IllegalArgumentException itsOwn) {
            return false;
        }
        TemporalAccessor read = format.parseUnresolved(text.strip(), new ParsePosition(0));
        try {
            return read != null
                    && read.isSupported(ChronoField.DAY_OF_MONTH)
                    && read.getLong(ChronoField.DAY_OF_MONTH)
                            != format.parse(text.strip()).getLong(ChronoField.DAY_OF_MONTH);
        } catch (DateTimeException e) {
            return true;
        }
    }
}
