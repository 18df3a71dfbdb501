// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>
#include <QStringList>

namespace exitscope {

// A part of a page of the manual. Texts are as they stand there, their lines joined; spansOf() takes them apart.
struct Block {
    enum class Kind { Heading, Paragraph, Item, Code, Table };
    Kind kind{};
    int level = 0; // of a heading, from 1
    QString marker; // of an item: "-" or "1."
    QString text; // of headings, paragraphs and items
    QStringList lines; // of code
    QList<QStringList> rows; // of a table; the titles first
};

// The Markdown that the manual is written in: headings, paragraphs, lists of one level, indented code, tables, images.
QList<Block> blocksOf(const QString &markdown);

struct Span {
    enum class Style { Plain, Code, Bold, Italic };
    Style style{};
    QString text;
    QString target; // of a link: "definitions.md#costs"
    bool operator==(const Span &) const = default;
};

// Images are left out.
QList<Span> spansOf(const QString &text);
// Without marks and targets.
QString plainText(const QString &text);
// How links name the section below a heading: "States of a vCPU" is "states-of-a-vcpu".
QString slugOf(const QString &heading);

} // namespace exitscope
