using System.Collections.Immutable;
using MizarLab.Packets;

namespace MizarLab.Tests.Packets;

public class FrameDiffTests
{
    private const string Plain = "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / ipv4 src=10.0.0.2 dst=10.0.0.3 / udp sport=1 dport=2 / text \"hello\"";
    private const string Around = "eth dst=02:00:00:00:00:12 src=02:00:00:00:00:11 / ipv4 src=172.17.0.2 dst=172.17.0.3 / udp sport=1209 / geneve vni=3 / mizar / ";

    [Fact]
    public void AChangedFieldIsMarkedAndItsChecksumWithIt()
    {
        ImmutableArray<DiffRow> rows = Compare(Plain, Plain.Replace("/ ipv4", "/ ipv4 ttl=63"));
        Assert.Equal(["ipv4 ttl 64 63", "ipv4 csum 0x66c8 0x67c8"], Differing(rows));
    }

    [Fact]
    public void EncapsulationDiffersInTheTunnelOnly()
    {
        ImmutableArray<DiffRow> rows = Compare(Plain, Around + Plain);
        Assert.All(rows.Where(static r => r.Differs), static r => Assert.Null(r.Left));
        Assert.DoesNotContain(rows.Where(static r => r.Differs), static r => r.Layer.StartsWith("inner ", StringComparison.Ordinal));
        DiffRow carried = rows.Single(static r => r.Field == "data");
        Assert.Equal(("payload", "inner payload", "inner payload"), (carried.Left!.Layer, carried.Right!.Layer, carried.Layer));
        // And the other way round.
        Assert.All(Compare(Around + Plain, Plain).Where(static r => r.Differs), static r => Assert.Null(r.Right));
    }

    [Fact]
    public void AnInsertedOptionDoesNotPushTheRestOutOfStep()
    {
        string tcp = Plain.Replace("udp sport=1 dport=2", "tcp sport=1 dport=2 options=OPTIONS");
        ImmutableArray<DiffRow> rows = Compare(tcp.Replace("OPTIONS", "mss:1460,nop,wscale:7,nop,nop,nop,nop"), tcp.Replace("OPTIONS", "nop,wscale:7,nop,nop,nop,nop"));
        Assert.Contains("tcp mss 1460 -", Differing(rows));
        Assert.Contains(rows, static r => r is { Field: "wscale", Differs: false, Left: not null });
        Assert.Contains(rows, static r => r is { Field: "data", Differs: false });
    }

    [Fact]
    public void TheTextMarksOnlyWhatDiffers()
    {
        byte[] left = PacketText.Parse("eth / ipv4 src=10.0.0.2 dst=10.0.0.3 ttl=64 / udp sport=1 dport=2 / hex 01");
        byte[] right = PacketText.Parse("eth / ipv4 src=10.0.0.2 dst=10.0.0.3 ttl=63 csum=0x1111 / udp sport=1 dport=2 / hex 01");
        Assert.Equal(
            """
                         model   bpf
            ≠ ipv4 ttl   64      63
            ≠ ipv4 csum  0x66cc  0x1111 (should be 0x67cc)
            model, 43 bytes
            ≠ 0010  00 1d 00 00 00 00 40 11 66 cc 0a 00 00 02 0a 00  ......@.f.......
            bpf, 43 bytes
            ≠ 0010  00 1d 00 00 00 00 3f 11 11 11 0a 00 00 02 0a 00  ......?.........

            """.ReplaceLineEndings("\n"),
            FrameDiff.ToText(left, right, "model", "bpf", onlyDifferences: true));
        string whole = FrameDiff.ToText(left, right, "model", "bpf");
        Assert.Equal(4, whole.Split('\n').Count(static l => l.StartsWith('≠')));
        Assert.Contains("\n  udp dport     2                  2\n", whole);
        Assert.Contains("\n  payload data  hex 01             hex 01\n", whole);
    }

    [Fact]
    public void AFrameBesideNothingIsAllDifference()
    {
        Assert.All(FrameDiff.Compare([], PacketText.Parse(Plain)), static r => Assert.True(r.Differs && r.Left is null));
        Assert.Empty(FrameDiff.Compare([], []));
        Assert.Equal("    left  right\nleft, 0 bytes\nright, 0 bytes\n", FrameDiff.ToText([], []));
    }

    [Fact]
    public void TheHandbooksExamplesParse()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "packet-text.md"));
        string[] examples = [.. page.Split('\n').Where(static l => l.StartsWith("    eth ", StringComparison.Ordinal)), "eth / ipv4 / udp / geneve vni=3 / mizar / eth / arp"];
        Assert.True(examples.Length > 1);
        Assert.All(examples, example =>
        {
            Assert.Contains(example.Trim(), page);
            Assert.True(PacketText.Parse(example).Length > 14);
        });
    }

    private static ImmutableArray<DiffRow> Compare(string left, string right) => FrameDiff.Compare(PacketText.Parse(left), PacketText.Parse(right));

    private static string[] Differing(ImmutableArray<DiffRow> rows) =>
        [.. rows.Where(static r => r.Differs).Select(static r => $"{r.Layer} {r.Field} {r.Left?.Value ?? "-"} {r.Right?.Value ?? "-"}")];
}
