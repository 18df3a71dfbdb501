// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QTest>

#include <algorithm>
#include <set>

#include "model/diagnostic_codes.h"

using namespace exitscope;

namespace {

QString text(std::string_view view)
{
    return QString::fromUtf8(view.data(), qsizetype(view.size()));
}

// The cells of the rows of the table in the manual's page, without its head.
QList<QStringList> manualRows()
{
    QFile file(QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/manual/diagnostics.md"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QList<QStringList> rows;
    const QStringList lines = QString::fromUtf8(file.readAll()).split(u'\n');
    for (const QString &line : lines) {
        if (!line.startsWith(QLatin1String("| `")))
            continue;
        QStringList cells = line.mid(1, line.lastIndexOf(u'|') - 1).split(u'|');
        for (QString &cell : cells)
            cell = cell.trimmed();
        rows.append(cells);
    }
    return rows;
}

} // namespace

class TestDiagnosticCodes : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void manualListsEachCode();
    void codesAreDistinct();
    void makeDiagnosticTakesTheRow();
};

void TestDiagnosticCodes::manualListsEachCode()
{
    QList<QStringList> expected;
    for (const CodeInfo &row : kCodes) {
        expected.append({u'`' % text(row.text) % u'`', severityName(row.severity),
            row.dataLost ? QStringLiteral("yes") : QString(), text(row.meaning)});
    }
    const QList<QStringList> rows = manualRows();
    for (qsizetype i = 0; i < std::min(rows.size(), expected.size()); ++i)
        QCOMPARE(rows[i], expected[i]);
    QCOMPARE(rows.size(), expected.size());
}

void TestDiagnosticCodes::codesAreDistinct()
{
    std::set<std::string_view> codes;
    for (const CodeInfo &row : kCodes)
        QVERIFY2(codes.insert(row.text).second, row.text.data());
}

void TestDiagnosticCodes::makeDiagnosticTakesTheRow()
{
    const Diagnostic lost = makeDiagnostic(Code::LostEvents, QStringLiteral("m"), QStringLiteral("/t"), 7);
    QCOMPARE(lost.code, QStringLiteral("lost-events"));
    QVERIFY(lost.severity == Severity::Warning);
    QCOMPARE(lost.count, std::int64_t(7));
    QVERIFY(meansDataLost(lost));
    QVERIFY(!meansDataLost(makeDiagnostic(Code::SwitchesMissing, QStringLiteral("m"))));
}

QTEST_GUILESS_MAIN(TestDiagnosticCodes)
#include "tst_diagnostic_codes.moc"
