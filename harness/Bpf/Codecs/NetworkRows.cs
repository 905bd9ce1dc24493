using MizarLab.DataPlane;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>
/// The networks of a droplet by length (bpf/networks.h), beside the prefix table that has all there is to know of them: a flat table of their lists of bouncers, and which
/// lengths there are. Written behind the prefix table's row, so that a program finds the network as it was or as it is.
/// </summary>
internal sealed class NetworkRows(FlatTable table, DropletCell cell) : IDisposable
{
    private const int LengthShift = 40, LengthsTold = 4, BitsALength = 8;
    private const uint MoreLengths = 0xff;

    private readonly int[] networks = new int[33]; // of each length

    /// <param name="list">Of its bouncers.</param>
    public void Put(in NetworkKey key, in NetworkValue value, ListReference list)
    {
        FlatKey at = KeyOf(key);
        bool known = table.TryGet(at, out _);
        table.Put(at, ValueOf(value, list));
        if (!known)
        {
            networks[key.Prefix.Length]++;
            Tell();
        }
    }

    public void Delete(in NetworkKey key)
    {
        if (table.Delete(KeyOf(key)))
        {
            networks[key.Prefix.Length]--;
            Tell();
        }
    }

    public void Clear()
    {
        table.Clear();
        Array.Clear(networks);
        Tell();
    }

    public void Dispose() => table.Dispose();

    private static FlatKey KeyOf(in NetworkKey key)
    {
        FlatKey network = FlatKey.Of(key.Vni, key.Prefix.Address);
        return network with { AddressUsed = network.AddressUsed | ((ulong)(key.Prefix.Length + 1) << LengthShift) };
    }

    private static FlatValue ValueOf(in NetworkValue value, ListReference list)
    {
        if (value.IsGuarded || value.IsOutside || value.PeerVni.Value != 0)
        {
            return default; // the prefix table says more
        }
        Span<byte> bytes = stackalloc byte[ListReference.Bytes];
        list.Write(bytes);
        return FlatValue.Read(bytes);
    }

    /// <summary>The lengths there are, the longest lowest; or that there are too many.</summary>
    private void Tell()
    {
        uint lengths = 0;
        int told = 0;
        for (int length = networks.Length - 1; length >= 0; length--)
        {
            if (networks[length] == 0)
            {
                continue;
            }
            if (told == LengthsTold)
            {
                cell.SetNetworkLengths(MoreLengths);
                return;
            }
            lengths |= (uint)(length + 1) << (BitsALength * told++);
        }
        cell.SetNetworkLengths(lengths);
    }
}
