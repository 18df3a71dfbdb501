// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <QTest>

#include "model/diagnostic_codes.h"

using namespace exitscope;

namespace {

QString contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

QString manual()
{
    return contentOf(QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/manual/definitions.md"));
}

// The lines from the one that begins with `from` to the one before that with `to` (empty: to the end), white space made
// one blank, without empty ones.
QStringList linesOf(const QString &text, const QString &from, const QString &to)
{
    QStringList lines;
    bool inside = false;
    const QStringList all = text.split(u'\n');
    for (const QString &line : all) {
        if (!inside && line.startsWith(from))
            inside = true;
        else if (inside && !to.isEmpty() && line.startsWith(to))
            break;
        if (inside && !line.simplified().isEmpty())
            lines << line.simplified();
    }
    return lines;
}

// A bullet of "Costs", or the text behind it, from its first line to the next.
QStringList bullet(const QString &text, const QString &begin)
{
    QStringList lines = linesOf(text, QStringLiteral("## Costs"), QStringLiteral("## Selections"));
    qsizetype first = 0;
    while (first < lines.size() && !lines[first].startsWith(begin))
        ++first;
    qsizetype last = first + 1;
    while (last < lines.size() && !lines[last].startsWith(QStringLiteral("- "))
        && !lines[last].startsWith(QStringLiteral("Scenario")))
        ++last;
    return lines.mid(first, last - first);
}

} // namespace

// The manual's definitions are those that the numbers were agreed by, and name every code of a contradiction.
class TestManualDefinitions : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void eachContradictionIsDefined();
    void definitionsAreTheAgreedText();
    void costsAreTheAgreedText();

private:
    // Its headings are one level below those of a page of the manual.
    QString agreed() const
    {
        return contentOf(QStringLiteral(EXITSCOPE_SHARED_DIR "/DEFINITIONS.md"))
            .replace(QLatin1String("\n##"), QLatin1String("\n#"));
    }
};

#define NEEDS_AGREED_TEXT()                                                                                            \
    do {                                                                                                               \
        if (!QFileInfo::exists(QStringLiteral(EXITSCOPE_SHARED_DIR)))                                                  \
            QSKIP("the agreed text is not there: " EXITSCOPE_SHARED_DIR);                                              \
        QVERIFY2(!agreed().isEmpty(), EXITSCOPE_SHARED_DIR "/DEFINITIONS.md");                                         \
    } while (false)

void TestManualDefinitions::eachContradictionIsDefined()
{
    const QStringList lines = linesOf(manual(), QStringLiteral("**Contradictions.**"), QStringLiteral("## "));
    QStringList defined; // "1 entry-in-entry"
    static const QRegularExpression item(QStringLiteral("^([0-9]+)\\. `([a-z-]+)`: "));
    for (const QString &line : lines)
        if (const QRegularExpressionMatch match = item.match(line); match.hasMatch())
            defined << QString(match.captured(1) % u' ' % match.captured(2));
    QStringList expected;
    static const QRegularExpression meaning(QStringLiteral("^contradiction ([0-9]+): "));
    for (const CodeInfo &row : kCodes) {
        const auto match = meaning.match(QString::fromUtf8(row.meaning.data(), qsizetype(row.meaning.size())));
        if (match.hasMatch())
            expected << QString(
                match.captured(1) % u' ' % QString::fromLatin1(row.text.data(), qsizetype(row.text.size())));
    }
    QCOMPARE(expected.size(), qsizetype(6));
    QCOMPARE(defined, expected);
}

void TestManualDefinitions::definitionsAreTheAgreedText()
{
    NEEDS_AGREED_TEXT();
    const QString begin = QStringLiteral("# Definitions");
    const QStringList expected = linesOf(agreed(), begin, QStringLiteral("## Costs"));
    const QStringList lines = linesOf(manual(), begin, QStringLiteral("## Where the text leaves it open"));
    QVERIFY(expected.size() > 100);
    for (qsizetype i = 0; i < std::min(lines.size(), expected.size()); ++i)
        QCOMPARE(lines[i], expected[i]);
    QCOMPARE(lines.size(), expected.size());
    QVERIFY(
        !linesOf(manual(), QStringLiteral("## Where the text leaves it open"), QStringLiteral("## Costs")).isEmpty());
}

void TestManualDefinitions::costsAreTheAgreedText()
{
    NEEDS_AGREED_TEXT();
    for (const char *begin : {"- Without sched_switch in the recording", "- **Interrupts**"}) {
        const QStringList expected = bullet(agreed(), QString::fromLatin1(begin));
        QVERIFY2(expected.size() > 1, begin);
        QCOMPARE(bullet(manual(), QString::fromLatin1(begin)), expected);
    }
    const QString title = QStringLiteral("Scenario `interrupt`: ");
    QString expected = linesOf(agreed(), title, QString()).join(u' ').mid(title.size());
    QVERIFY(expected.endsWith(u'.'));
    expected.chop(1);
    const QString row = linesOf(manual(), QStringLiteral("| interrupt |"), QStringLiteral("| host |")).join(u' ');
    QCOMPARE(
        row, QString(QStringLiteral("| interrupt | VM → interrupt → host → VM: ") % expected % QStringLiteral(" |")));
}

QTEST_GUILESS_MAIN(TestManualDefinitions)
#include "tst_manual_definitions.moc"
