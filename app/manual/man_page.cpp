// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/manual/man_page.h"

#include "app/manual/manual.h"

namespace exitscope {

namespace {

struct Program {
    const char *name;
    const char *summary;
    const char *synopsis;
    const char *page; // of the manual
    const char *seeAlso;
};

constexpr Program kPrograms[] = {
    {"exitscope", "shows where virtualization costs time, from kernel traces of a KVM host",
        "\\fBexitscope\\fR [\\fIoption\\fR…] [\\fIPATH\\fR…]", "window", "exitscope-cli"},
    {"exitscope-cli", "prints where virtualization costs time, from kernel traces of a KVM host",
        "\\fBexitscope-cli\\fR \\fIcommand\\fR [\\fIoption\\fR…] \\fIPATH\\fR…\n.br\n"
        "\\fBexitscope-cli help\\fR [\\fItopic\\fR]",
        "command-line", "exitscope"},
};

QString escaped(QString text)
{
    return text.replace(QLatin1Char('\\'), QLatin1String("\\e")).replace(QLatin1Char('-'), QLatin1String("\\-"));
}

// A line of text must not begin as a request does.
QString line(const QString &text)
{
    const bool isRequest = text.startsWith(QLatin1Char('.')) || text.startsWith(QLatin1Char('\''));
    return (isRequest ? QStringLiteral("\\&") : QString()) % text % QLatin1Char('\n');
}

QString roff(const QString &text)
{
    QString all;
    for (const Span &span : spansOf(text)) {
        switch (span.style) {
        case Span::Style::Code:
        case Span::Style::Bold:
            all += QStringLiteral("\\fB%1\\fR").arg(escaped(span.text));
            break;
        case Span::Style::Italic:
            all += QStringLiteral("\\fI%1\\fR").arg(escaped(span.text));
            break;
        case Span::Style::Plain:
            all += escaped(span.text);
            break;
        }
    }
    return line(all);
}

QString rowOf(const QStringList &titles, const QStringList &row)
{
    QString between;
    for (qsizetype i = 1; i + 1 < row.size(); ++i)
        if (!row[i].isEmpty())
            between += QStringLiteral("(%1: %2) ").arg(titles.value(i), row[i]);
    return QStringLiteral(".TP\n") % roff(row.value(0)) % roff(between % row.back());
}

QString roffOf(const Block &block)
{
    switch (block.kind) {
    case Block::Kind::Heading:
        if (block.level == 1)
            return {}; // the page's name says it
        return (block.level == 2 ? QStringLiteral(".SH ") : QStringLiteral(".SS "))
            % escaped(block.level == 2 ? plainText(block.text).toUpper() : plainText(block.text)) % QLatin1Char('\n');
    case Block::Kind::Paragraph: {
        const QString text = roff(block.text);
        return text == QLatin1String("\n") ? QString() : QString(QStringLiteral(".PP\n") % text); // images are left out
    }
    case Block::Kind::Item: {
        const QString marker = block.marker == QLatin1String("-") ? QStringLiteral("\\(bu") : block.marker;
        return QStringLiteral(".IP %1 4\n").arg(marker) % roff(block.text);
    }
    case Block::Kind::Code: {
        QString code = QStringLiteral(".PP\n.RS 4\n.nf\n");
        for (const QString &text : block.lines)
            code += line(escaped(text));
        return code % QStringLiteral(".fi\n.RE\n");
    }
    case Block::Kind::Table: {
        QString rows;
        for (const QStringList &row : block.rows.mid(1))
            rows += rowOf(block.rows[0], row);
        return rows;
    }
    }
    return {};
}

QString manPage(const Program &program, const QString &version)
{
    const QString name = QString::fromUtf8(program.name);
    const QString seeAlso = QString::fromUtf8(program.seeAlso);
    QString page = QStringLiteral(".\\\" Made from resources/manual; edit that.\n"
                                  ".TH %1 1 \"\" \"ExitScope %2\" \"User Commands\"\n"
                                  ".SH NAME\n%3 \\- %4\n.SH SYNOPSIS\n%5\n.SH DESCRIPTION\n")
                       .arg(escaped(name.toUpper()), version, escaped(name), QString::fromUtf8(program.summary),
                           QString::fromUtf8(program.synopsis));
    for (const Block &block : blocksOf(manualPage(QString::fromUtf8(program.page))->markdown))
        page += roffOf(block);
    page += QStringLiteral(".SH THE MANUAL\n\\fBexitscope\\-cli help\\fR \\fItopic\\fR prints a page of the manual:\n");
    for (const ManualPage &topic : manualPages())
        page += QStringLiteral(".TP\n\\fB%1\\fR\n%2\n").arg(escaped(topic.name), escaped(topic.summary));
    return page % QStringLiteral(".SH SEE ALSO\n\\fB%1\\fR(1)\n").arg(escaped(seeAlso));
}

} // namespace

QString manPage(const QString &program, const QString &version)
{
    for (const Program &known : kPrograms)
        if (program == QString::fromUtf8(known.name))
            return manPage(known, version);
    return {};
}

} // namespace exitscope
