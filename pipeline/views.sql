-- Views on top of the tables: what researchers ask first. Plain DuckDB SQL, to be read, copied and changed.
-- Offsets count code points from 0; DuckDB counts from 1: text[char_start + 1 : char_end].

-- The clean corpus in the Text Interchange Format of R's text packages: doc_id and text first, metadata after.
-- Body lines that followed each other still do; a blank line stands for whatever else was between two blocks.
CREATE OR REPLACE VIEW corpus AS
SELECT d.document_id AS doc_id, b.text, d.title, d.outlet, d.author, d.published_on, d.published_precision, d.language,
       d.kind, f.path
FROM documents AS d
JOIN (
    SELECT document_id, string_agg(
        CASE WHEN lines_on IS NULL THEN '' WHEN lines_on = 1 THEN chr(10) ELSE chr(10) || chr(10) END || text,
        '' ORDER BY block_number) AS text
    FROM (
        SELECT document_id, block_number, text, line_number - lag(line_number) OVER (
            PARTITION BY document_id ORDER BY block_number) AS lines_on
        FROM blocks WHERE is_body
    ) GROUP BY document_id
) AS b USING (document_id)
LEFT JOIN files AS f ON f.document_id = d.document_id AND f.status = 'ok';
COMMENT ON VIEW corpus IS 'Clean text, one row per article with a body: doc_id and text first, as quanteda, tidytext and spacyr expect.';

-- Outermost mentions only: safe to count.
CREATE OR REPLACE VIEW mentions_flat AS
SELECT * FROM mentions WHERE parent_mention_number IS NULL;
COMMENT ON VIEW mentions_flat IS 'Mentions that lie in no other mention: safe to count.';

-- Who appears in which document, how often, how early.
CREATE OR REPLACE VIEW document_actors AS
SELECT m.document_id, m.actor_id, any_value(a.name) AS name, any_value(a.actor_type) AS actor_type,
       any_value(a.iso3) AS iso3, count(*) AS n_mentions, min(m.sentence_number) AS first_sentence_number,
       bool_or(m.zone = 'title') AS is_in_title
FROM mentions AS m JOIN actors AS a USING (actor_id)
GROUP BY m.document_id, m.actor_id;
COMMENT ON VIEW document_actors IS 'One row per document and actor: mentions (nested ones included), first sentence, whether in the title.';

-- Pairs of countries in one sentence; each pair once, in alphabetical order.
CREATE OR REPLACE VIEW dyads AS
WITH named AS (
    SELECT DISTINCT document_id, sentence_number, iso3 FROM mentions WHERE iso3 IS NOT NULL
)
SELECT a.document_id, a.sentence_number, a.iso3 AS iso3, b.iso3 AS other_iso3, d.published_on, d.published_precision
FROM named AS a
JOIN named AS b ON a.document_id = b.document_id AND a.sentence_number = b.sentence_number AND a.iso3 < b.iso3
JOIN documents AS d ON d.document_id = a.document_id;
COMMENT ON VIEW dyads IS 'One row per sentence and pair of countries named in it (actors count for their country).';

-- Mentions by actor and month; undated articles, or articles dated by year only, in a row of their own (month is null).
CREATE OR REPLACE VIEW actor_months AS
SELECT c.actor_id, a.name, CASE WHEN c.period LIKE '____-__' THEN (c.period || '-01')::DATE END AS month,
       sum(c.n_mentions)::BIGINT AS n_mentions, sum(c.n_documents)::BIGINT AS n_documents
FROM actor_counts AS c JOIN actors AS a USING (actor_id)
GROUP BY ALL;
COMMENT ON VIEW actor_months IS 'Mentions by actor and month; articles whose month is not known are in the row with month null.';

CREATE OR REPLACE MACRO kwic(keyword, width) AS TABLE
WITH hits AS (
    SELECT document_id, sentence_number, text, unnest(string_split(lower(text), lower(keyword))[:-2]) AS piece,
           generate_subscripts(string_split(lower(text), lower(keyword))[:-2], 1) AS hit_number
    FROM sentences WHERE keyword <> '' AND contains(lower(text), lower(keyword))
), placed AS (
    SELECT *, sum(length(piece) + length(keyword)) OVER (
        PARTITION BY document_id, sentence_number ORDER BY hit_number) AS hit_end
    FROM hits
)
SELECT document_id, sentence_number, hit_number,
       right(text[1 : hit_end - length(keyword)], width) AS before,
       text[hit_end - length(keyword) + 1 : hit_end] AS keyword,
       left(text[hit_end + 1 :], width) AS after
FROM placed ORDER BY document_id, sentence_number, hit_number;
COMMENT ON MACRO TABLE kwic IS 'Keyword in context, so many characters to each side: SELECT * FROM kwic(''military'', 40).';
