using MizarLab.DataPlane;
using MizarLab.Harness.Bpf.Native;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>struct statistics of bpf/statistics.h, a CPU's share each: what is written is the first CPU's, what is read is their sum.</summary>
internal sealed class StatisticsCodec(BpfMap map, InterfaceRow row) : TableCodec<int, TransmitStatistics>
{
    private const int Bytes = 56, PacketsAt = 32, PresentAt = 48;

    /// <summary>The order of enum sent.</summary>
    private const int Redirect = 0, Expedited = 1, Pass = 2, Drop = 3;

    private readonly byte[] shares = new byte[Bytes * LibBpf.PossibleCpus()];

    public override void Put(in int key, in TransmitStatistics value)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key, 0);
        shares.AsSpan().Clear();
        for (int share = 0; share < shares.Length; share += Bytes)
        {
            Layout.Write(shares.AsSpan(share), PresentAt, 1u);
        }
        WriteKind(Redirect, value.RedirectBytes, value.RedirectPackets);
        WriteKind(Expedited, value.ExpeditedBytes, value.ExpeditedPackets);
        WriteKind(Pass, value.PassBytes, value.PassPackets);
        WriteKind(Drop, value.DropBytes, value.DropPackets);
        Store();
        row.HasStatistics(true);
    }

    public override void Delete(in int key)
    {
        if (key == 0)
        {
            Clear();
        }
    }

    public override IReadOnlyList<KeyValuePair<int, TransmitStatistics>> Rows()
    {
        map.TryLookup(stackalloc byte[sizeof(int)] { 0, 0, 0, 0 }, shares);
        return Layout.Read<uint>(shares, PresentAt) == 0
            ? []
            : [new(0, new TransmitStatistics(
                SumBytes(Redirect), SumBytes(Expedited), SumBytes(Pass), SumBytes(Drop),
                SumPackets(Redirect), SumPackets(Expedited), SumPackets(Pass), SumPackets(Drop)))];
    }

    public override void Clear()
    {
        row.HasStatistics(false);
        shares.AsSpan().Clear();
        Store();
    }

    private void WriteKind(int kind, ulong bytes, uint packets)
    {
        Layout.Write(shares, kind * sizeof(ulong), bytes);
        Layout.Write(shares, PacketsAt + (kind * sizeof(uint)), packets);
    }

    private ulong SumBytes(int kind)
    {
        ulong sum = 0;
        for (int share = 0; share < shares.Length; share += Bytes)
        {
            sum += Layout.Read<ulong>(shares, share + (kind * sizeof(ulong)));
        }
        return sum;
    }

    private uint SumPackets(int kind)
    {
        uint sum = 0;
        for (int share = 0; share < shares.Length; share += Bytes)
        {
            sum += Layout.Read<uint>(shares, share + PacketsAt + (kind * sizeof(uint)));
        }
        return sum;
    }

    private void Store() => map.UpdateShares(stackalloc byte[sizeof(int)] { 0, 0, 0, 0 }, shares);
}
