using Microsoft.Data.Sqlite;

namespace MizarLab.Harness.Results;

/// <summary>One prepared INSERT, used for many rows.</summary>
internal sealed class InsertStatement : IDisposable
{
    private readonly SqliteCommand command;

    /// <param name="table">A table of schema.sql.</param>
    /// <param name="columns">Its columns, in the order the values will come; names of ours, never a user's.</param>
    public InsertStatement(SqliteConnection connection, string table, params string[] columns)
    {
        command = connection.CreateCommand();
        command.CommandText = $"INSERT INTO {table} ({string.Join(", ", columns)}) VALUES ({string.Join(", ", columns.Select(c => "$" + c))})";
        foreach (string column in columns)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = "$" + column });
        }
        command.Prepare();
    }

    /// <param name="more">Columns whose names are not known before and come quoted; their values follow the others'.</param>
    public InsertStatement(SqliteConnection connection, string table, string[] columns, string[] more)
    {
        command = connection.CreateCommand();
        int count = columns.Length + more.Length;
        command.CommandText = $"INSERT INTO {table} ({string.Join(", ", [.. columns, .. more])}) VALUES ({string.Join(", ", Enumerable.Range(0, count).Select(i => $"$v{i}"))})";
        for (int i = 0; i < count; i++)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = $"$v{i}" });
        }
        command.Prepare();
    }

    /// <summary>Inserts a row; null is NULL.</summary>
    public void Insert(params ReadOnlySpan<object?> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }
        command.ExecuteNonQuery();
    }

    public void Dispose() => command.Dispose();
}
