using System.Collections.Immutable;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// An ordered list of up to 128 addresses whose order counts (the hash modulo its length picks one, spec §4.1).
/// A list of one, the usual case of a host entry, holds no array.
/// </summary>
public readonly struct AddressList : IEquatable<AddressList>
{
    /// <summary>What a kernel value holds at most (§3.15).</summary>
    public const int Limit = 128;

    private readonly Ipv4Address single;
    private readonly Many? many;

    public AddressList(Ipv4Address only)
    {
        single = only;
        Count = 1;
    }

    /// <exception cref="ArgumentException">More than <see cref="Limit"/> addresses.</exception>
    public AddressList(ReadOnlySpan<Ipv4Address> addresses)
    {
        if (addresses.Length > Limit)
        {
            throw new ArgumentException($"a list holds at most {Limit} addresses, not {addresses.Length}", nameof(addresses));
        }
        Count = addresses.Length;
        single = Count > 0 ? addresses[0] : default;
        many = Count > 1 ? new Many(addresses.ToArray()) : null;
    }

    public int Count { get; }

    public Ipv4Address this[int index] => many is null
        ? (index == 0 && Count == 1 ? single : throw new ArgumentOutOfRangeException(nameof(index)))
        : many.Addresses[index];

    /// <summary>Its Maglev table of so many slots, made at the first use and kept with the list; the list is not empty.</summary>
    public MaglevTable Maglev(int slots) => many?.Maglev(slots) ?? MaglevTable.Of(slots, in this);

    public ImmutableArray<Ipv4Address> ToImmutableArray()
    {
        ImmutableArray<Ipv4Address>.Builder all = ImmutableArray.CreateBuilder<Ipv4Address>(Count);
        for (int i = 0; i < Count; i++)
        {
            all.Add(this[i]);
        }
        return all.MoveToImmutable();
    }

    public bool Equals(AddressList other)
    {
        if (Count != other.Count)
        {
            return false;
        }
        for (int i = 0; i < Count; i++)
        {
            if (this[i] != other[i])
            {
                return false;
            }
        }
        return true;
    }

    public override bool Equals(object? obj) => obj is AddressList other && Equals(other);

    public override int GetHashCode() => (int)single.Value ^ Count;

    public static bool operator ==(AddressList a, AddressList b) => a.Equals(b);

    public static bool operator !=(AddressList a, AddressList b) => !a.Equals(b);

    public override string ToString() => $"[{string.Join(", ", ToImmutableArray())}]";

    /// <summary>Two addresses and more. Its table is made by whoever asks first; two who ask at once make the same.</summary>
    private sealed class Many(Ipv4Address[] addresses)
    {
        private MaglevTable? table;

        public Ipv4Address[] Addresses { get; } = addresses;

        public MaglevTable Maglev(int slots)
        {
            MaglevTable? made = table;
            if (made?.Slots != slots)
            {
                made = MaglevTable.Of(slots, new AddressList(Addresses));
                table = made;
            }
            return made;
        }
    }
}
