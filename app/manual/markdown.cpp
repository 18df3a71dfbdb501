// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/manual/markdown.h"

#include <QRegularExpression>

#include <utility>

namespace exitscope {

namespace {

constexpr qsizetype kCodeIndent = 4;

bool isCode(const QString &line)
{
    return line.startsWith(QLatin1String("    "));
}

QStringList cellsOf(const QString &line)
{
    QStringList cells = line.mid(1, line.lastIndexOf(QLatin1Char('|')) - 1).split(QLatin1Char('|'));
    for (QString &cell : cells)
        cell = cell.trimmed();
    return cells;
}

class BlockReader {
public:
    QList<Block> read(const QString &markdown)
    {
        const QStringList lines = markdown.split(QLatin1Char('\n'));
        for (const QString &line : lines)
            readLine(line);
        end();
        return std::move(m_blocks);
    }

private:
    void readLine(const QString &line)
    {
        if (line.trimmed().isEmpty()) {
            if (m_block.kind == Block::Kind::Code && m_isOpen)
                m_block.lines.append(QString()); // between lines of code, or dropped by end()
            else
                end();
        } else if (isCode(line) && (!m_isOpen || m_block.kind == Block::Kind::Code)) {
            begin(Block::Kind::Code);
            m_block.lines.append(line.mid(kCodeIndent));
        } else if (line.startsWith(QLatin1Char('#'))) {
            readHeading(line);
        } else if (line.startsWith(QLatin1Char('|'))) {
            begin(Block::Kind::Table);
            if (!line.startsWith(QLatin1String("| ---")))
                m_block.rows.append(cellsOf(line));
        } else {
            readText(line);
        }
    }

    void readHeading(const QString &line)
    {
        end();
        begin(Block::Kind::Heading);
        while (line[m_block.level] == QLatin1Char('#'))
            ++m_block.level;
        m_block.text = line.mid(m_block.level).trimmed();
        end();
    }

    void readText(const QString &line)
    {
        static const QRegularExpression item(QStringLiteral("^(-|[0-9]+\\.) +"));
        const QRegularExpressionMatch match = item.match(line);
        if (match.hasMatch()) {
            end();
            begin(Block::Kind::Item);
            m_block.marker = match.captured(1);
            m_block.text = line.mid(match.capturedLength());
            return;
        }
        if (!m_isOpen || m_block.kind != Block::Kind::Item)
            begin(Block::Kind::Paragraph);
        if (!m_block.text.isEmpty())
            m_block.text += QLatin1Char(' ');
        m_block.text += line.trimmed();
    }

    // Goes on with an open one of the same kind.
    void begin(Block::Kind kind)
    {
        if (m_isOpen && m_block.kind == kind)
            return;
        end();
        m_block = {};
        m_block.kind = kind;
        m_isOpen = true;
    }

    void end()
    {
        while (!m_block.lines.isEmpty() && m_block.lines.back().isEmpty())
            m_block.lines.removeLast();
        if (m_isOpen)
            m_blocks.append(m_block);
        m_isOpen = false;
    }

    QList<Block> m_blocks;
    Block m_block;
    bool m_isOpen = false;
};

Span spanOf(const QRegularExpressionMatch &match)
{
    if (!match.captured(QStringLiteral("code")).isEmpty())
        return {Span::Style::Code, match.captured(QStringLiteral("code")), {}};
    if (!match.captured(QStringLiteral("bold")).isEmpty())
        return {Span::Style::Bold, match.captured(QStringLiteral("bold")), {}};
    if (!match.captured(QStringLiteral("italic")).isEmpty())
        return {Span::Style::Italic, match.captured(QStringLiteral("italic")), {}};
    return {Span::Style::Plain, match.captured(QStringLiteral("link")), match.captured(QStringLiteral("target"))};
}

} // namespace

QList<Block> blocksOf(const QString &markdown)
{
    return BlockReader().read(markdown);
}

QList<Span> spansOf(const QString &text)
{
    // A star in a name, as of "irq_*", begins nothing: it follows a letter.
    static const QRegularExpression marked(
        QStringLiteral("`(?<code>[^`]+)`|\\*\\*(?<bold>[^*]+)\\*\\*|(?<![\\w*])\\*(?<italic>\\w[^*]*)\\*"
                       "|(?<image>!)?\\[(?<link>[^\\]]+)\\]\\((?<target>[^)]+)\\)"));
    QList<Span> spans;
    qsizetype from = 0;
    for (auto it = marked.globalMatch(text); it.hasNext();) {
        const QRegularExpressionMatch match = it.next();
        if (match.capturedStart() > from)
            spans.append({Span::Style::Plain, text.mid(from, match.capturedStart() - from), {}});
        if (match.captured(QStringLiteral("image")).isEmpty())
            spans.append(spanOf(match));
        from = match.capturedEnd();
    }
    if (from < text.size())
        spans.append({Span::Style::Plain, text.mid(from), {}});
    return spans;
}

QString plainText(const QString &text)
{
    QString plain;
    for (const Span &span : spansOf(text))
        plain += span.text;
    return plain;
}

QString slugOf(const QString &heading)
{
    static const QRegularExpression dropped(QStringLiteral("[^\\w\\s-]"));
    static const QRegularExpression blanks(QStringLiteral("\\s+"));
    return plainText(heading).toLower().remove(dropped).trimmed().replace(blanks, QStringLiteral("-"));
}

} // namespace exitscope
