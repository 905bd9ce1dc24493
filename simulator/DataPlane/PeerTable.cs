using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>A droplet's peers: a directory shared with others, without the droplet itself, and the rows that say otherwise.</summary>
internal struct PeerTable
{
    /// <summary>What an own row says of an address that the directory has and this droplet has not.</summary>
    private const PeerState Removed = (PeerState)byte.MaxValue;

    private PeerDirectory? shared;
    private Ipv4Address self;
    private FlatTable<Ipv4Address, PeerState>? own;

    /// <summary>Replaces all rows.</summary>
    public void Share(PeerDirectory all, Ipv4Address except)
    {
        shared = all;
        self = except;
        own = null;
    }

    public readonly bool Contains(Ipv4Address address) => TryGet(address, out _);

    public readonly bool TryGet(Ipv4Address address, out PeerState state)
    {
        if (own is not null && own.TryGet(in address, out state))
        {
            return state != Removed;
        }
        bool known = IsShared(address);
        state = known ? PeerState.Healthy : Removed;
        return known;
    }

    public void Put(in Ipv4Address key, in PeerState value)
    {
        if (value == PeerState.Healthy && IsShared(key))
        {
            own?.Remove(in key);
        }
        else
        {
            (own ??= new()).Put(in key, in value);
        }
    }

    public bool Remove(in Ipv4Address key)
    {
        if (!TryGet(key, out _))
        {
            return false;
        }
        if (IsShared(key))
        {
            (own ??= new()).Put(in key, Removed);
        }
        else
        {
            own!.Remove(in key);
        }
        return true;
    }

    public readonly void CopyTo(ICollection<KeyValuePair<Ipv4Address, PeerState>> rows)
    {
        foreach (Ipv4Address address in shared is null ? [] : shared.Addresses)
        {
            if (TryGet(address, out PeerState state))
            {
                rows.Add(new KeyValuePair<Ipv4Address, PeerState>(address, state));
            }
        }
        List<KeyValuePair<Ipv4Address, PeerState>> others = [];
        own?.CopyTo(others);
        foreach (KeyValuePair<Ipv4Address, PeerState> row in others)
        {
            if (!IsShared(row.Key))
            {
                rows.Add(row);
            }
        }
    }

    private readonly bool IsShared(Ipv4Address address) => shared is not null && address != self && shared.Contains(address);
}
