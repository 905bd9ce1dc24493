using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>An ARRAY of one: a row that was never written is one of zeros to the programs (§3.5 row 1), and none to a reader.</summary>
internal sealed class InterfaceCodec(InterfaceRow row) : TableCodec<int, InterfaceConfig>
{
    private const int SlotAt = 0, AddressAt = 4, MacAt = 8, PresentAt = 14, UnhealthyAt = 15, MtuAt = 16, OutsideAt = 20;

    public override void Put(in int key, in InterfaceConfig value)
    {
        if (key != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(key), key, "the interface table has one row, 0");
        }
        Span<byte> bytes = stackalloc byte[InterfaceRow.Bytes];
        bytes.Clear();
        Layout.Write(bytes, SlotAt, value.Slot);
        value.Address.Write(bytes[AddressAt..]);
        value.Mac.Write(bytes[MacAt..]);
        bytes[PresentAt] = 1;
        bytes[UnhealthyAt] = value.HasUnhealthyPeers ? (byte)1 : (byte)0;
        Layout.Write(bytes, MtuAt, value.MtuBytes);
        bytes[OutsideAt] = value.HasOutside ? (byte)1 : (byte)0;
        row.Write(bytes);
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
        Span<byte> bytes = stackalloc byte[InterfaceRow.Bytes];
        row.Read(bytes);
        if (bytes[PresentAt] == 0)
        {
            return [];
        }
        InterfaceConfig config = new(Layout.Read<int>(bytes, SlotAt), Ipv4Address.Read(bytes[AddressAt..]), MacAddress.Read(bytes[MacAt..]))
        {
            MtuBytes = Layout.Read<int>(bytes, MtuAt),
            HasUnhealthyPeers = bytes[UnhealthyAt] != 0,
            HasOutside = bytes[OutsideAt] != 0,
        };
        return [new(0, config)];
    }

    public override void Clear()
    {
        Span<byte> zeros = stackalloc byte[InterfaceRow.Bytes];
        zeros.Clear();
        row.Write(zeros);
    }
}
