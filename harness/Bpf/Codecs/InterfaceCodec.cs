using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>An ARRAY of one: a row that was never written is one of zeros to the programs (§3.5 row 1), and none to a reader.</summary>
internal sealed class InterfaceCodec(BpfMap map) : TableCodec<int, InterfaceConfig>
{
    private const int Bytes = 16;
    private const int PresentAt = 14;

    public override void Put(in int key, in InterfaceConfig value)
    {
        if (key != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(key), key, "the interface table has one row, 0");
        }
        Span<byte> bytes = stackalloc byte[Bytes];
        bytes.Clear();
        Layout.Write(bytes, 0, value.Slot);
        value.Address.Write(bytes[4..]);
        value.Mac.Write(bytes[8..]);
        bytes[PresentAt] = 1;
        Store(bytes);
    }

    public override void Delete(in int key)
    {
        if (key == 0)
        {
            Clear();
        }
    }

    public override IReadOnlyList<KeyValuePair<int, InterfaceConfig>> Rows()
    {
        Span<byte> key = stackalloc byte[sizeof(uint)], bytes = stackalloc byte[Bytes];
        key.Clear();
        map.TryLookup(key, bytes);
        return bytes[PresentAt] == 0
            ? []
            : [new(0, new InterfaceConfig(Layout.Read<int>(bytes, 0), Ipv4Address.Read(bytes[4..]), MacAddress.Read(bytes[8..])))];
    }

    public override void Clear()
    {
        Span<byte> zeros = stackalloc byte[Bytes];
        zeros.Clear();
        Store(zeros);
    }

    private void Store(ReadOnlySpan<byte> value)
    {
        Span<byte> key = stackalloc byte[sizeof(uint)];
        key.Clear();
        map.Update(key, value);
    }
}
