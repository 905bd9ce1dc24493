using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MizarLab.DataPlane;

/// <summary>
/// A bit for the mark (<see cref="FlatHash"/>) of every endpoint hosted here, sixteen places an endpoint: an agent asks of each packet whether it stays on the droplet, nearly
/// none does, and the table's own answer is a line of memory that nobody else needs. Says yes too often, once in sixteen times or less, and never no. Costs nothing while empty.
/// </summary>
internal struct HostedMarks
{
    private const int PlacesPerMark = 16;
    private const int WordBits = 64;

    private ulong[]? words;
    private uint places;
    private uint taken;

    /// <summary>For so many marks; all there were are gone.</summary>
    public HostedMarks(int marks)
    {
        words = new ulong[(marks * PlacesPerMark / WordBits) + 1];
        places = (uint)words.Length * WordBits;
    }

    /// <summary>Whether the endpoint of this mark may be hosted here; if not, it is not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool MayHave(uint mark)
    {
        if (words is not { } all)
        {
            return false;
        }
        uint place = PlaceOf(mark);
        return ((Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(all), (nuint)(place / WordBits)) >> (int)(place % WordBits)) & 1) != 0;
    }

    /// <summary>Adds a mark; false when there is no room, and others are to be made that have more. Marks are never taken out: then, too.</summary>
    public bool TryAdd(uint mark)
    {
        if (MayHave(mark))
        {
            return true;
        }
        if (taken >= places / PlacesPerMark)
        {
            return false;
        }
        uint place = PlaceOf(mark);
        words![place / WordBits] |= 1ul << (int)(place % WordBits);
        taken++;
        return true;
    }

    private readonly uint PlaceOf(uint mark) => (uint)(((ulong)mark * places) >> 32);
}
