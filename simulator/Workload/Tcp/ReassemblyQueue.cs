namespace MizarLab.Workload.Tcp;

/// <summary>
/// Segments that came before their turn, in order of sequence number. Overlaps are resolved when a segment's turn comes: what was
/// delivered already is cut off its front.
/// </summary>
internal sealed class ReassemblyQueue
{
    private readonly List<Piece> pieces = [];

    public int Count => pieces.Count;

    /// <summary>Keeps a copy, unless the piece that starts at the same place holds at least as much.</summary>
    public void Add(SequenceNumber start, ReadOnlySpan<byte> octets, bool fin)
    {
        int place = 0;
        while (place < pieces.Count && pieces[place].Start < start)
        {
            place++;
        }
        Piece added = new(start, octets.ToArray(), fin);
        if (place == pieces.Count || pieces[place].Start != start)
        {
            pieces.Insert(place, added);
        }
        else if (added.Length > pieces[place].Length)
        {
            pieces[place] = added;
        }
    }

    /// <summary>
    /// Takes the next piece whose turn it is at <paramref name="next"/>, cut to what is new; false when there is a gap. Pieces wholly
    /// delivered already are thrown away.
    /// </summary>
    public bool TryTake(SequenceNumber next, out ReadOnlySpan<byte> octets, out bool fin)
    {
        while (pieces.Count > 0 && pieces[0].Start <= next)
        {
            Piece first = pieces[0];
            pieces.RemoveAt(0);
            int skipped = next - first.Start;
            if (skipped < first.Length)
            {
                octets = first.Octets.AsSpan(Math.Min(skipped, first.Octets.Length));
                fin = first.Fin;
                return true;
            }
        }
        octets = default;
        fin = false;
        return false;
    }

    private readonly record struct Piece(SequenceNumber Start, byte[] Octets, bool Fin)
    {
        /// <summary>In sequence space: the FIN counts.</summary>
        public int Length => Octets.Length + (Fin ? 1 : 0);
    }
}
