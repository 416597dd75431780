-- SurveyHub's tables as far as the worker reads them. Runs on SQL Server and on the stand-in.
create table surveys (
    survey_id nvarchar(100) not null primary key,
    customer_id nvarchar(100),
    survey_name nvarchar(400),
    [year] int
);
create table responses (
    survey_id nvarchar(100) not null,
    question nvarchar(400) not null,
    answer nvarchar(4000)
);
create index responses_survey_id on responses (survey_id);
