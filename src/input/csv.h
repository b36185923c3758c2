/*
 * Where in a line of CSV a byte stands (RFC 4180, section 2): who looks for
 * the end of a record and who cuts it into fields agree by this.  Pure.
 */
#ifndef INPUT_CSV_H
#define INPUT_CSV_H

enum csv {
	CSV_FIELD,		/* at the beginning of a field */
	CSV_PLAIN,		/* in one without quotes */
	CSV_QUOTED,		/* in one with quotes */
	CSV_CLOSED		/* behind a quote in it: its end, or doubled */
};

/* Where the byte behind c stands; newlines that end a record are not seen. */
static inline enum csv
csv_step(enum csv at, char c, char separator)
{
	switch (at) {
	case CSV_QUOTED:
		return c == '"' ? CSV_CLOSED : CSV_QUOTED;
	case CSV_FIELD:
		if (c == '"')
			return CSV_QUOTED;
		break;
	case CSV_CLOSED:
		if (c == '"')
			return CSV_QUOTED;
		break;
	case CSV_PLAIN:
		break;
	}
	return c == separator ? CSV_FIELD : CSV_PLAIN;
}

#endif
