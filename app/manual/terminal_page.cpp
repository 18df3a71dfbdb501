// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/manual/terminal_page.h"

#include <QSet>

#include <algorithm>

#include "app/manual/manual.h"

namespace exitscope {

namespace {

constexpr int kIndent = 4; // of code, and of what a row of a table says below its first cell
constexpr int kMostBeside = 26; // a first cell up to this width has the rest beside it

QString blanks(qsizetype count)
{
    return QString(count, QLatin1Char(' '));
}

// Words filled into lines; the first line follows `first`, the others are indented by its width.
QString filled(const QString &first, const QString &text, qsizetype width)
{
    QString page;
    QString line = first;
    bool isEmpty = true;
    for (const QString &word : text.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        if (!isEmpty && line.size() + 1 + word.size() > width) {
            page += line % QLatin1Char('\n');
            line = blanks(first.size());
            isEmpty = true;
        }
        line += isEmpty ? word : QString(QLatin1Char(' ') % word);
        isEmpty = false;
    }
    return page % line % QLatin1Char('\n');
}

class Writer {
public:
    explicit Writer(int width) : m_width(width) { }

    void write(const Block &block)
    {
        const bool goesOn = block.kind == Block::Kind::Item && m_last == Block::Kind::Item;
        if (!m_page.isEmpty() && !goesOn)
            m_page += QLatin1Char('\n');
        m_last = block.kind;
        switch (block.kind) {
        case Block::Kind::Heading:
            return writeHeading(block);
        case Block::Kind::Paragraph:
            m_page += filled({}, told(block.text), m_width);
            return;
        case Block::Kind::Item:
            m_page += filled(QString(block.marker % QLatin1Char(' ')), told(block.text), m_width);
            return;
        case Block::Kind::Code:
            for (const QString &line : block.lines)
                m_page += line.isEmpty() ? QStringLiteral("\n") : QString(blanks(kIndent) % line % QLatin1Char('\n'));
            return;
        case Block::Kind::Table:
            return writeTable(block.rows);
        }
    }

    const QString &page() const { return m_page; }

private:
    void writeHeading(const Block &block)
    {
        const QString text = plainText(block.text);
        const QChar under = block.level == 1 ? QLatin1Char('=') : QLatin1Char('-');
        m_page += block.level > 2 ? QString(text % QLatin1Char('\n'))
                                  : QString(text % QLatin1Char('\n') % QString(text.size(), under) % QLatin1Char('\n'));
    }

    // Each page is named once as where to read on.
    QString told(const QString &text)
    {
        QString plain;
        for (const Span &span : spansOf(text)) {
            plain += span.text;
            const QString page = manualPlace(span.target).page;
            if (!page.isEmpty() && !m_named.contains(page)) {
                m_named.insert(page);
                plain += QStringLiteral(" (exitscope-cli help %1)").arg(page);
            }
        }
        return plain;
    }

    void writeTable(const QList<QStringList> &rows)
    {
        qsizetype beside = 0;
        bool isNarrow = true;
        for (const QStringList &row : rows.mid(1)) {
            const qsizetype size = plainText(row.value(0)).size();
            isNarrow = isNarrow && size <= kMostBeside;
            beside = std::max(beside, size);
        }
        if (isNarrow && rows.value(0).size() == 2) {
            for (const QStringList &row : rows.mid(1))
                m_page += filled(QString(plainText(row[0]).leftJustified(beside + 2)), told(row.value(1)), m_width);
            return;
        }
        for (const QStringList &row : rows.mid(1)) {
            m_page += filled({}, QString(plainText(row[0]) % betweenOf(rows[0], row)), m_width);
            m_page += filled(blanks(kIndent), told(row.back()), m_width);
        }
    }

    // The cells between the first and the last: " (of: report)".
    static QString betweenOf(const QStringList &titles, const QStringList &row)
    {
        QStringList told;
        for (qsizetype i = 1; i + 1 < row.size(); ++i)
            if (!row[i].isEmpty())
                told.append(QString(plainText(titles.value(i)) % QStringLiteral(": ") % plainText(row[i])));
        return told.isEmpty() ? QString()
                              : QString(QStringLiteral("  (") % told.join(QStringLiteral("; ")) % QLatin1Char(')'));
    }

    int m_width;
    QString m_page;
    QSet<QString> m_named;
    Block::Kind m_last = Block::Kind::Heading;
};

} // namespace

QString terminalPage(const QList<Block> &blocks, int width)
{
    Writer writer(width);
    for (const Block &block : blocks)
        writer.write(block);
    return writer.page();
}

} // namespace exitscope
