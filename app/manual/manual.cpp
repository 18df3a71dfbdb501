// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/manual/manual.h"

#include <QFile>

#include <algorithm>

// A static library's resources are not there by themselves; the macro must stand outside namespaces.
static void loadManual()
{
    Q_INIT_RESOURCE(manual);
}

namespace exitscope {

namespace {

struct PageRow {
    const char *name;
    const char *summary;
};

constexpr PageRow kPages[] = {
    {"recording", "How to record hosts and guests, with LTTng and perf; missing probes, lost events"},
    {"window", "All parts of the window, pictures of charts, all keys"},
    {"definitions", "Every word and number: runs, exits, states, losses, costs, scenarios, statistics"},
    {"findings", "What costs time and what to try: every rule"},
    {"clocks", "How a guest's clock is put on its host's, and how sure that is"},
    {"command-line", "All commands and options, exit status, JSON and CSV"},
    {"diagnostics", "Every diagnostic code"},
    {"limits", "What ExitScope does not do"},
};

QString markdownOf(const QString &name)
{
    QFile file(QStringLiteral(":/manual/%1.md").arg(name));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("the page '%s' of the manual is not in the program", qPrintable(name)); // a row without its file
    return QString::fromUtf8(file.readAll());
}

bool isHeading(const Block &block, int mostLevel = 6)
{
    return block.kind == Block::Kind::Heading && block.level <= mostLevel;
}

bool beginsBold(const Block &block)
{
    return block.text.startsWith(QLatin1String("**"));
}

// The section below the heading with this slug, up to the next heading of its level.
QList<Block> sectionOf(const QList<Block> &page, const QString &slug)
{
    const auto first = std::ranges::find_if(
        page, [&](const Block &block) { return isHeading(block) && slugOf(block.text) == slug; });
    if (first == page.end())
        return {};
    const auto last
        = std::find_if(first + 1, page.end(), [&](const Block &block) { return isHeading(block, first->level); });
    return QList<Block>(first, last);
}

// The paragraph or item that has the word in bold. If it begins with it, all up to the next that does, or to a heading.
QList<Block> definitionOf(const QList<Block> &page, const QString &slug)
{
    const auto first = std::ranges::find_if(page, [&](const Block &block) {
        return std::ranges::any_of(spansOf(block.text),
            [&](const Span &span) { return span.style == Span::Style::Bold && slugOf(span.text) == slug; });
    });
    if (first == page.end())
        return {};
    if (!beginsBold(*first) || first->kind != Block::Kind::Paragraph)
        return {*first};
    const auto last
        = std::find_if(first + 1, page.end(), [](const Block &block) { return isHeading(block) || beginsBold(block); });
    return QList<Block>(first, last);
}

// What a first cell names: "`--from TIME`, `--to TIME`" "--from" and "--to", "W, +" "W" and "+".
bool cellNames(const QString &cell, const QString &topic)
{
    for (const Span &span : spansOf(cell))
        for (const QString &part : span.text.split(QStringLiteral(", ")))
            if (part.compare(topic, Qt::CaseInsensitive) == 0
                || part.section(QLatin1Char(' '), 0, 0).compare(topic, Qt::CaseInsensitive) == 0)
                return true;
    return false;
}

QList<Block> namedRowOf(const QList<Block> &page, const QString &topic)
{
    for (const Block &block : page) {
        Block table = block;
        table.rows = block.rows.mid(0, 1);
        for (const QStringList &row : block.rows.mid(1))
            if (cellNames(row.value(0), topic))
                table.rows.append(row);
        if (table.rows.size() > 1)
            return {table};
    }
    return {};
}

} // namespace

const QList<ManualPage> &manualPages()
{
    static const QList<ManualPage> pages = [] {
        loadManual();
        QList<ManualPage> read;
        for (const PageRow &row : kPages) {
            const QString name = QString::fromUtf8(row.name);
            read.append({name, QString::fromUtf8(row.summary), markdownOf(name)});
        }
        return read;
    }();
    return pages;
}

const ManualPage *manualPage(const QString &name)
{
    const QList<ManualPage> &pages = manualPages();
    const auto found = std::ranges::find(pages, name, &ManualPage::name);
    return found == pages.end() ? nullptr : &*found;
}

ManualPlace manualPlace(const QString &link, const QString &from)
{
    const qsizetype hash = link.indexOf(QLatin1Char('#'));
    QString page = hash < 0 ? link : link.left(hash);
    if (page.endsWith(QLatin1String(".md")))
        page.chop(3);
    return {page.isEmpty() ? from : page, hash < 0 ? QString() : link.mid(hash + 1)};
}

QList<Block> manualTold(const QString &topic)
{
    const QString slug = slugOf(topic);
    if (const ManualPage *page = manualPage(slug))
        return blocksOf(page->markdown);
    for (const auto &find : {sectionOf, definitionOf, namedRowOf})
        for (const ManualPage &page : manualPages())
            if (const QList<Block> told = find(blocksOf(page.markdown), find == namedRowOf ? topic : slug);
                !told.isEmpty())
                return told;
    return {};
}

} // namespace exitscope
