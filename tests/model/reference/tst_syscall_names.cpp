// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QRegularExpression>
#include <QtTest>

#include "model/reference/syscall_names.h"

using namespace exitscope;

// The table against the kernel's own header, where that is installed; some calls everywhere.
class TestSyscallNames : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void known();
    void unknown();
    void header();
};

void TestSyscallNames::known()
{
    QCOMPARE(syscallName(0), QStringLiteral("read"));
    QCOMPARE(syscallName(16), QStringLiteral("ioctl"));
    QCOMPARE(syscallName(257), QStringLiteral("openat"));
    QCOMPARE(syscallName(435), QStringLiteral("clone3"));
    QCOMPARE(syscallName(335), QStringLiteral("uretprobe")); // in the headers of Debian 13, not of 12
}

void TestSyscallNames::unknown()
{
    QCOMPARE(syscallName(400), QStringLiteral("syscall 400"));
    QCOMPARE(syscallName(-1), QStringLiteral("syscall -1"));
}

void TestSyscallNames::header()
{
    QFile file(QStringLiteral("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"));
    if (!file.open(QIODevice::ReadOnly))
        QSKIP("the kernel's header is not here");
    static const QRegularExpression line(QStringLiteral("#define __NR_(\\w+) (\\d+)"));
    auto all = line.globalMatch(QString::fromUtf8(file.readAll()));
    int checked = 0;
    for (; all.hasNext(); ++checked) {
        const QRegularExpressionMatch match = all.next();
        QCOMPARE(syscallName(match.captured(2).toInt()), match.captured(1));
    }
    QVERIFY(checked > 300);
}

QTEST_GUILESS_MAIN(TestSyscallNames)
#include "tst_syscall_names.moc"
