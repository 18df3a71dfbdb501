// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QtTest>

#include "model/reference/csv.h"
#include "model/reference/target_names.h"

using namespace exitscope;

// What targets are called.
class TestTargetNames : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void texts_data();
    void texts();
    void noTargets_data();
    void noTargets();
    void tableIsInOrder();
};

void TestTargetNames::texts_data()
{
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("text");
    const auto row = [](const char *code, const char *text) {
        QTest::newRow(code) << QString::fromLatin1(code) << QString::fromLatin1(text);
    };
    row("none", "none");
    row("port:0x3f8", "port 0x3f8 (serial port 1)");
    row("port:0x3ff", "port 0x3ff (serial port 1)");
    row("port:0x3f7", "port 0x3f7 (floppy)");
    row("port:0x608", "port 0x608 (ACPI PM timer)");
    row("port:0x6100", "port 0x6100");
    row("msr:0x6e0", "MSR 0x6e0 (IA32_TSC_DEADLINE)");
    row("msr:0x80b", "MSR 0x80b (x2APIC EOI)");
    row("msr:0x830", "MSR 0x830 (x2APIC ICR)");
    row("msr:0xc0000080", "MSR 0xc0000080 (EFER)");
    row("msr:0x401", "MSR 0x401 (IA32_MC0_STATUS)");
    row("page:0xfee00000", "page 0xfee00000 (local APIC)");
    row("page:0x1000", "page 0x1000");
    row("cpuid:0x80000003", "CPUID 0x80000003 (brand)");
    row("hypercall:0x5", "KVM hypercall 0x5 (KVM_HC_KICK_CPU)");
    row("hyperv-hypercall:0x5d", "Hyper-V hypercall 0x5d (HVCALL_SIGNAL_EVENT)");
    row("xen-hypercall:0x1d", "Xen hypercall 0x1d (sched_op)");
    row("apic:0xb0", "APIC 0xb0 (EOI)");
    row("vector:0xec", "vector 0xec (Linux: local timer)");
    row("cr:0", "CR0");
    row("cr:15", "CR15");
    row("dr:7", "DR7");
}

void TestTargetNames::texts()
{
    QFETCH(QString, code);
    QFETCH(QString, text);
    const std::optional<Target> target = targetOfCode(code);
    QVERIFY(target);
    QCOMPARE(codeText(*target), code);
    QCOMPARE(targetText(*target), text);
}

void TestTargetNames::noTargets_data()
{
    QTest::addColumn<QString>("code");
    for (const char *code :
        {"", "port", "port:", ":1", "port:x", "port:-1", "port:0x", "Port:1", "none:1", "msr:0x10000000000000"})
        QTest::addRow("'%s'", code) << QString::fromLatin1(code);
}

void TestTargetNames::noTargets()
{
    QFETCH(QString, code);
    QVERIFY(!targetOfCode(code));
}

// By kind and value, none twice, each of a kind that there is.
void TestTargetNames::tableIsInOrder()
{
    QFile file(QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/target-names.csv"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const auto rows = parseCsv(QString::fromUtf8(file.readAll()));
    QVERIFY(rows);
    QCOMPARE(rows->front(),
        (QStringList{QStringLiteral("kind"), QStringLiteral("first"), QStringLiteral("last"), QStringLiteral("name")}));
    QVERIFY(rows->size() > 500);
    std::pair<int, quint64> before{-1, 0};
    for (std::size_t i = 1; i < rows->size(); ++i) {
        const QStringList &row = (*rows)[i];
        QCOMPARE(row.size(), qsizetype(4));
        const std::optional<TargetKind> kind = targetKindNamed(row[0]);
        QVERIFY2(kind && *kind != TargetKind::None, qPrintable(row[0]));
        bool ok = false;
        const quint64 first = row[1].toULongLong(&ok, 0);
        QVERIFY(ok && row[1].startsWith(QStringLiteral("0x")));
        const quint64 last = row[2].toULongLong(&ok, 0);
        QVERIFY(ok && last >= first && last < Target::kValues);
        QVERIFY2((std::pair{int(*kind), first} > before), qPrintable(row.join(u',')));
        before = {int(*kind), last};
        QVERIFY(!row[3].isEmpty() && row[3] == row[3].trimmed());
    }
}

QTEST_GUILESS_MAIN(TestTargetNames)
#include "tst_target_names.moc"
